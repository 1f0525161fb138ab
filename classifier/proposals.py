"""New categories proposed (新类别建议): letters that the model sends to a person because they fit nowhere, and that lie together.

Letters are grouped by average linkage over the cosine of the model's own terms; a group is named by words that set it apart from
the others (class-based TF-IDF, Grootendorst 2022, "BERTopic"). A proposal changes nothing: an officer names it, or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.cluster import AgglomerativeClustering

from classifier.assess import Assessor
from classifier.features import words
from classifier.identity import mask
from classifier.letter import Access, Letter, document
from classifier.text import read

UNSURE = 0.5  # below it no category holds the letter
FARTHEST = 0.8  # mean distance (1 - cosine) up to which groups are joined
FEWEST = 5  # letters of a group worth a category
MOST_LETTERS = 2_000  # compared pairwise; the newest of more
NAMED_BY = 4
EXAMPLES = 3
SHORTEST_WORD = 2  # characters
USED_BY = 0.4  # of the group's letters, for a word that may name it


@dataclass(frozen=True, slots=True)
class Proposal:
    """A group of letters that fit nowhere: words that name it, how many letters, the most typical ones' ids, all ids."""

    words: tuple[str, ...]
    size: int
    examples: tuple[str, ...]
    letters: tuple[str, ...]


def homeless(assessor: Assessor, letters: Iterable[Letter], *, today: date) -> list[Letter]:
    """The letters that fit into no category, in their order: petitions, and no accusations, whose best category is unlikely."""
    found = []
    for letter in letters:
        answer = assessor.assess(letter, today=today)
        if answer.route.access is not Access.RESTRICTED and "out_of_scope" not in answer.doubts:
            found += [letter] * (answer.matters[0].confidence < UNSURE)
    return found


def propose(assessor: Assessor, letters: Sequence[Letter]) -> tuple[Proposal, ...]:
    """Groups of at least ``FEWEST`` among letters that were abstained on or out of reach, the largest first.

    Letters should be in order of arrival: of more than ``MOST_LETTERS`` the newest are looked at.
    """
    chosen = list(letters)[-MOST_LETTERS:]
    if len(chosen) < FEWEST:
        return ()
    rows = _rows(assessor, chosen)
    cosines = (rows @ rows.T).toarray()
    grouping = AgglomerativeClustering(None, metric="precomputed", linkage="average", distance_threshold=FARTHEST)
    labels = grouping.fit_predict(np.clip(1 - cosines, 0, 2))
    used = [_words(letter) for letter in chosen]
    groups = [np.flatnonzero(labels == label).tolist() for label in range(labels.max() + 1)]
    found = [_proposal(group, chosen, used, cosines) for group in groups if len(group) >= FEWEST]
    return tuple(sorted((one for one in found if one.words), key=lambda one: (-one.size, one.letters)))


def _rows(assessor: Assessor, letters: Sequence[Letter]) -> csr_matrix:
    found = [assessor.terms(letter) for letter in letters]
    values = [weights / max(float(np.linalg.norm(weights)), 1e-12) for _, weights in found]
    ends = np.cumsum([0, *(len(rows) for rows, _ in found)])
    columns = np.concatenate([np.asarray(rows, np.int64) for rows, _ in found])
    return csr_matrix((np.concatenate(values), columns, ends), shape=(len(letters), len(assessor.model.idf)))


def _words(letter: Letter) -> frozenset[str]:
    """The words of a letter that may name a category: identities masked, no digits, no single characters."""
    reading = read(mask(document(letter.title, letter.text)))
    return frozenset(word for word, _ in words(reading) if len(word) >= SHORTEST_WORD and word.isalpha())


def _proposal(group: list[int], letters: Sequence[Letter], used: Sequence[frozenset[str]], cosines: np.ndarray) -> Proposal:
    inside = Counter(word for one in group for word in used[one])
    everywhere = Counter(word for own in used for word in own)
    share = len(group) / len(letters)
    weight = {
        word: n / len(group) * float(np.log1p(1 / (everywhere[word] / len(letters))))
        for word, n in inside.items()
        if n >= USED_BY * len(group) and n > share * everywhere[word]
    }
    named = sorted(weight, key=lambda word: (-weight[word], word))[:NAMED_BY]
    central = sorted(group, key=lambda one: (-cosines[one, group].sum(), letters[one].id))[:EXAMPLES]
    return Proposal(tuple(named), len(group), tuple(letters[one].id for one in central), tuple(letters[one].id for one in group))
