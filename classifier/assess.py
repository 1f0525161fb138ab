"""The one road: a letter in, its assessment (研判结果) out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from classifier.compiled import SILENT, Answer, CompiledModel
from classifier.contract import Contract, Cuts, choose_cuts, load_contract, sure_of
from classifier.deadlines import Calendar
from classifier.doubt import SHORTEST, doubts
from classifier.explain import quote, quotes
from classifier.garbage import nothing_collected
from classifier.glance import Glance, Glancer
from classifier.letter import Access, Assessment, Candidate, Disposition, Letter, Matter, Purpose, PurposeSignal, Route, document
from classifier.matters import asks, own_categories, part, stretches
from classifier.neighbours import Neighbour, Neighbours
from classifier.purpose import decide, telling
from classifier.registry import SavedModel, load
from classifier.routing import TO_BE_NAMED, Router, blocked_departments, load_router
from classifier.signals.reader import SignalReader, load_reader
from classifier.tables import joint_digest
from classifier.taxonomy import Taxonomy, domain_of, load_taxonomy
from classifier.text import Cutter, Positions, Reading, read, segmenter

if TYPE_CHECKING:
    from classifier.grouping.background import Background
    from classifier.grouping.profiling import Draft
    from classifier.grouping.scorer import PairScorer

NOBODY = ""  # no department leads: there is no cut
UNCLEAR = "UNCLEAR"  # 待核: the model does not know purposes


class _Cut(Struct, frozen=True, eq=False, gc=False):
    """A letter normalised and cut into words."""

    reading: Reading
    ends: Positions


class Assessor:
    """Assesses letters with one model, one taxonomy and one set of rules; safe to share between threads."""

    def __init__(
        self,
        version: str,
        model: CompiledModel,
        cutter: Cutter,
        taxonomy: Taxonomy,
        router: Router,
        signals: SignalReader,
        *,
        neighbours: Neighbours,
        pair_scorer: PairScorer | None = None,
        contract: Contract,
        cuts: Cuts,
        rules_digest: str,
    ) -> None:
        self.version, self.taxonomy, self.contract = version, taxonomy, contract
        self.rules_digest = self._rules = rules_digest
        self._cutter, self._router, self._signals, self.cuts = cutter, router, signals, cuts
        self.model, self._neighbours, self.pair_scorer = model, neighbours, pair_scorer
        self._head = model.heads["category"]
        self._purposes = model.heads.get("purpose")
        scope = model.heads.get("scope")
        self._outside = scope.columns.start + scope.classes.index("out") if scope else None
        self.classes = self._head.classes
        known = taxonomy.categories
        self._known = [(code, known[code].name if code in known else code, domain_of(code)) for code in self.classes]
        self._glancer = Glancer(model, cutter, signals)

    def with_cuts(self, cuts: Cuts) -> Assessor:
        """The same assessor under other cuts."""
        other = copy(self)
        other.cuts = cuts
        other.rules_digest = joint_digest({"rules": self._rules, "cuts": repr(sorted(cuts.items()))})
        return other

    @property
    def calendar(self) -> Calendar:
        """The county's clocks and working days."""
        return self._router.calendar

    def assess(self, letter: Letter, *, today: date) -> Assessment:
        """Everything the service says of one letter; ``today`` is the day it was registered, from which the clocks run."""
        reading = read(document(letter.title, letter.text))
        seen = self._glancer.whole(reading)
        matter = self._matter(letter, reading, seen, (0, len(letter.text)))
        purpose = self._purpose(letter, reading, seen, matter.category)
        signals = self._signals.read(
            reading.text,
            purpose=purpose.value,
            quote=partial(quote, reading, letter),
            places=seen.hits(),
            loudest=seen.loudest(),
        )
        routed = partial(self._router.route, place=letter.place, signals=signals, received_on=today)
        whole = partial(routed, text=reading.text, purpose=purpose.value)
        route = whole(matter.category)
        sure = sure_of(route.lead, [(one.category, one.p) for one in matter.candidates], lambda category: whole(category).lead)
        matters = (matter, *self._further(letter, reading, seen, routed, route.access)) if seen.turning else (matter,)
        reasons = doubts(
            lead=sure,
            best=matter.confidence,
            second=matter.candidates[1].p,
            out_of_scope=self._out_of_scope(seen.probabilities),
            known_words=seen.known,
            short=reading.shorter_than(SHORTEST),
            cut=self.cuts.get(route.lead or NOBODY),
            signals=signals,
            route=route,
            matters=len(matters),
        )
        return Assessment(
            letter_id=letter.id,
            model=self.version,
            taxonomy=self.taxonomy.version,
            matters=matters,
            purpose=purpose,
            signals=signals,
            route=route,
            lead_confidence=sure,
            disposition=Disposition.REVIEW if reasons else Disposition.AUTO,
            doubts=reasons,
        )

    def similar(self, letter: Letter) -> tuple[Neighbour, ...]:
        """The training letters nearest to a letter, nearest first; no part of its assessment, found when somebody asks."""
        cut = self._read(letter)
        return self._neighbours.nearest(*self.model.terms(cut.reading, cut.ends))

    def draft(self, letter: Letter, background: Background, *, arrived: float, sender: int | None = None) -> Draft:
        """What linking needs of a letter; ``arrived`` is days since 1970, ``sender`` a number that stands for the sender."""
        from classifier.grouping.profile import CATEGORIES
        from classifier.grouping.profiling import draft, sender_number

        cut = self._read(letter)
        p = self.model.read(cut.reading, cut.ends).probabilities[self._head.columns]
        likely = [(self.classes[i], float(p[i])) for i in p.argsort()[: -CATEGORIES - 1 : -1].tolist()]
        number = sender_number(letter.sender) if sender is None else sender
        return draft(letter.id, cut.reading, cut.ends, likely, background, arrived=arrived, sender=number)

    def blocked_if_accusing(self, letter: Letter) -> tuple[str, ...]:
        """The departments the letter must not reach if it is an accusation, whatever it was taken for (Art. 30)."""
        seen = self._signals.read(self._read(letter).reading.text, purpose=Purpose.ACCUSE)
        return blocked_departments(seen.accused, self.taxonomy)

    def probabilities(self, letters: Iterable[Letter]) -> NDArray[np.float32]:
        """Category probabilities only, (n_letters, n_classes), in the order of ``classes``."""
        return np.array([self._answer(letter).probabilities[self._head.columns] for letter in letters])

    def vital(self, letter: Letter) -> tuple[str, float, float]:
        """What is watched for drift: the best category, its probability, the share of known words among words and marks."""
        cut = self._read(letter)
        answer = self.model.read(cut.reading, cut.ends)
        p = answer.probabilities[self._head.columns]
        best = int(p.argmax())
        return self.classes[best], round(float(p[best]), 4), round(answer.known / max(len(cut.ends), 1), 4)

    def terms(self, letter: Letter) -> tuple[Positions, NDArray[np.float32]]:
        """The rows of the letter's known terms, ascending, and their TF-IDF."""
        cut = self._read(letter)
        return self.model.terms(cut.reading, cut.ends)

    def out_of_scope(self, letters: Iterable[Letter]) -> NDArray[np.float64]:
        """How likely each letter is no petition at all, (n_letters,)."""
        return np.array([self._out_of_scope(self._answer(letter).probabilities) for letter in letters])

    def _answer(self, letter: Letter) -> Answer:
        cut, hearing = self._read(letter), self.model.hearing
        return self.model.read(cut.reading, cut.ends, hearing.reader.row(cut.reading)[0] if hearing else SILENT)

    def _read(self, letter: Letter) -> _Cut:
        reading = read(document(letter.title, letter.text))
        return _Cut(reading, self._cutter.ends(reading.hidden))

    def _further(
        self, letter: Letter, reading: Reading, seen: Glance, routed: Callable[..., Route], access: Access
    ) -> Iterator[Matter]:
        """The matters after the first: marked-off stretches about something else, each with a route of its own.

        Of a restricted letter that names no unit of ours any natural recipient may be the accused: a person names one.
        """
        parts = [(start, end) for start, end in stretches(reading, turning=True) if asks(reading.text[start:end])]
        if not parts:
            return
        whole = seen.probabilities[self._head.columns].astype(np.float32)
        for number in own_categories(self._glancer.categories(reading, parts), whole, self.classes):
            start, end = parts[number]
            one, stretch = part(reading, parts[number]), quote(reading, letter, start, end)
            matter = self._matter(letter, reading, self._glancer.part(one), (stretch.start, stretch.end), start)
            purpose = decide((Purpose.APPEAL,), (1.0,), matter.category)[0]
            route = routed(matter.category, text=one.text, purpose=purpose)
            if access is Access.RESTRICTED and route.access is not Access.RESTRICTED:
                route = replace(route, lead=None, lead_name=TO_BE_NAMED, co=(), access=access)
            yield replace(matter, route=route)

    def _matter(self, letter: Letter, reading: Reading, seen: Glance, place: tuple[int, int], first_at: int = 0) -> Matter:
        """The matter of a whole letter, or of what was seen from ``first_at`` on; ``place`` is its span in the text as sent."""
        candidates, domain_p = seen.candidates()
        category, name, domain = self._known[candidates[0][0]]
        chances = tuple([Candidate(self.classes[at], p) for at, p in candidates])
        evidence = quotes(reading, letter, seen.reasons(), first_at)
        return Matter(category, name, candidates[0][1], domain, domain_p, chances, evidence, place)

    def _purpose(self, letter: Letter, reading: Reading, seen: Glance, category: str) -> PurposeSignal:
        if self._purposes is None:
            return PurposeSignal(UNCLEAR, 0.0)
        p = seen.probabilities[self._purposes.columns].tolist()
        value, chance = decide(self._purposes.classes, p, category, seen.misconduct)
        hearing = self.model.hearing
        found = telling(hearing.reader, seen.cues(value), reading.text) if hearing else []
        return PurposeSignal(value, round(chance, 4), quotes(reading, letter, found))

    def _out_of_scope(self, p: NDArray[np.floating]) -> float:
        return 0.0 if self._outside is None else float(p[self._outside])


def load_assessor(models: Path, county: Path | None = None, version: str | None = None) -> Assessor:
    """An assessor from a model folder (its champion, or ``version``) and the shipped or a county's data files.

    Raises ModelError (missing, tampered, too new) or BadDataFile (which file, which row, what is wrong).
    """
    with nothing_collected():
        return build_assessor(load(models, version), county)


def build_assessor(saved: SavedModel, county: Path | None = None) -> Assessor:
    """An assessor from a model at hand and the shipped or a county's data files."""
    taxonomy = load_taxonomy(county)
    router = load_router(taxonomy, county)
    signals = load_reader(taxonomy, county)
    contract = load_contract(taxonomy.departments, county)
    return Assessor(
        saved.version,
        saved.model,
        segmenter(saved.dictionary),
        taxonomy,
        router,
        signals,
        neighbours=saved.neighbours,
        pair_scorer=saved.pair_scorer,
        contract=contract,
        cuts=choose_cuts(saved.outcomes, contract),
        rules_digest=joint_digest({"routing": router.digest, "signals": signals.digest, "contract": contract.digest}),
    )
