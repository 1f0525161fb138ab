"""Similar: the training letters most like a letter, with their text if it is available and the caller may read it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import orjson

from classifier.corpus import LabelledLetter, read_labelled
from classifier.errors import FenxinError
from classifier.letter import Access, Purpose
from classifier.neighbours import Neighbour
from classifier.taxonomy import Taxonomy
from service.access import Caller
from service.answers import category_name

LOG = logging.getLogger("fenxin")
NO_PETITION = "非信访内容"


@dataclass(frozen=True, slots=True)
class SimilarLetter:
    """A training letter like the one in hand; ``title`` and ``text`` are None where they are not at hand or not for this caller."""

    id: str
    category: str
    name: str
    score: float
    shared: tuple[str, ...]
    title: str | None = None
    text: str | None = None


@dataclass
class TrainingTexts:
    """The folder of letters that a model may have learnt from; read when the first of them is asked for."""

    folder: Path

    @cached_property
    def letters(self) -> Mapping[str, LabelledLetter]:
        """All letters by id; none where the folder is not there or cannot be read, which the log tells."""
        if not self.folder.is_dir():
            return {}
        try:
            return {letter.id: letter for letter in read_labelled([self.folder])}
        except (FenxinError, OSError) as fault:
            LOG.warning("training letters are shown by their ids only: %s", fault)
            return {}


def similar_letters(found: Iterable[Neighbour], texts: TrainingTexts, taxonomy: Taxonomy, caller: Caller) -> list[SimilarLetter]:
    """Name neighbours for a caller, with their words unless these accuse somebody and the caller may not read accusations."""
    return [_similar(one, texts.letters.get(one.id), taxonomy, caller) for one in found]


def _similar(one: Neighbour, letter: LabelledLetter | None, taxonomy: Taxonomy, caller: Caller) -> SimilarLetter:
    name = category_name(one.category, taxonomy) or NO_PETITION
    plain = SimilarLetter(one.id, one.category, name, one.score, one.shared)
    if letter is None or letter.category != one.category:  # another letter has its id by now
        return plain
    if accuses(letter, taxonomy) and not caller.may("discipline"):
        return plain
    return SimilarLetter(one.id, one.category, name, one.score, one.shared, letter.title, letter.text)


def similar_json(model: str, letters: list[SimilarLetter]) -> bytes:
    """Write similar letters and the model that learnt from them."""
    return orjson.dumps({"model": model, "letters": letters})


def accuses(letter: LabelledLetter, taxonomy: Taxonomy) -> bool:
    """Say whether a training letter is an accusation by any of its labels, the second matter's and the defensible one's too."""
    known = [taxonomy.categories.get(label) for label in (letter.category, letter.alternative, letter.second)]
    return letter.purpose == Purpose.ACCUSE or any(one is not None and one.access is Access.RESTRICTED for one in known)
