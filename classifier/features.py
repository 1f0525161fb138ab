"""What the model sees of a letter: its words and its pairs of neighbouring characters, digits masked.

``LetterTerms`` is the scikit-learn side (documents in, sparse TF-IDF out). ``classifier.compiled`` answers with the same numbers
from plain arrays; ``tests/test_compiled.py`` holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_selection import chi2
from sklearn.utils.validation import check_is_fitted

from classifier.identity import mask
from classifier.text import MOST_COUNTED, SHIPPED_DICTIONARY, Reading, read, segmenter

RUN = 2  # characters; single ones and triples were tried and add a hundredth at most, at twice the time


def is_readable(character: str) -> bool:
    """Whether a character can be part of a term: Han, Latin letters and masked digits, not punctuation or space."""
    return character.isalnum()


def words(reading: Reading, dictionary: Path = SHIPPED_DICTIONARY) -> Iterator[tuple[str, int]]:
    """Each word of the reading with its position; punctuation and spaces left out.

    >>> list(words(read("征地补偿\\n还没到位!")))
    [('征地补偿', 0), ('还', 5), ('没', 6), ('到位', 7)]
    """
    position = 0
    for word in segmenter(dictionary).cut(reading.masked):
        if is_readable(word[0]):
            yield word, position
        position += len(word)


def runs(reading: Reading) -> Iterator[tuple[str, int]]:
    """Each pair of neighbouring readable characters with its position: what the letter says even where words are cut wrongly.

    >>> [run for run, _ in runs(read("\\n拖欠工资！"))]
    ['拖欠', '欠工', '工资']
    """
    text = reading.masked
    for start in range(len(text) - RUN + 1):
        run = text[start : start + RUN]
        if all(map(is_readable, run)):
            yield run, start


class LetterTerms(TransformerMixin, BaseEstimator):
    """Documents to two blocks of TF-IDF, one of words and one of character pairs, each block of unit length.

    A document is "title\\ntext"; a term in the title counts ``title_weight`` times. A term enters the vocabulary only if
    ``min_letters`` different letters use it after identities were masked, so that nobody's name does; of those the ``max_terms``
    that tell most about the labels are kept (chi-squared, as in scikit-learn's ``SelectKBest``). Weights:
    ``(1 + ln tf) * (1 + ln((1 + n) / (1 + df)))`` as in its ``TfidfVectorizer(sublinear_tf=True)``.

    >>> terms = LetterTerms(min_letters=2).fit(["讨薪\\n拖欠工资", "\\n拖欠工资三个月"])
    >>> terms.transform(["\\n拖欠"]).shape
    (1, 4)
    """

    def __init__(
        self, min_letters: int = 3, max_terms: int = 20_000, title_weight: int = 3, dictionary: Path = SHIPPED_DICTIONARY
    ) -> None:
        self.min_letters = min_letters
        self.max_terms = max_terms
        self.title_weight = title_weight
        self.dictionary = dictionary

    def fit(self, X: Iterable[str], y: Any = None) -> Self:  # noqa: ANN401 - scikit-learn's signature
        """Learn the vocabulary, how rare each term is and, given labels ``y``, which terms tell most about them."""
        counted = [self._count(mask(document)) for document in X]
        if not counted:
            raise ValueError("no letters to learn terms from")
        words_used, runs_used = (_letters_using([c[block] for c in counted]) for block in (0, 1))
        kept = self._chosen(counted, words_used, runs_used, y)
        self.word_terms_, self.word_idf_ = _vocabulary(kept[0], words_used, len(counted))
        self.run_terms_, self.run_idf_ = _vocabulary(kept[1], runs_used, len(counted))
        return self

    def transform(self, X: Iterable[str]) -> csr_matrix:
        """One row a document, words first: shape (n_documents, n_words + n_runs), float32."""
        check_is_fitted(self)
        counted = [self._count(document) for document in X]
        blocks = [
            _weigh([c[0] for c in counted], self.word_terms_, self.word_idf_),
            _weigh([c[1] for c in counted], self.run_terms_, self.run_idf_),
        ]
        return hstack(blocks, format="csr", dtype=np.float32)

    def _count(self, document: str) -> tuple[Counter[str], Counter[str]]:
        reading = read(document)
        counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for counter, terms in zip(counts, (words(reading, self.dictionary), runs(reading)), strict=True):
            for term, position in terms:
                counter[term] += self.title_weight if position + len(term) <= reading.title_length else 1
        return counts

    def _chosen(
        self,
        counted: list[tuple[Counter[str], Counter[str]]],
        words_used: Counter[str],
        runs_used: Counter[str],
        y: Any,  # noqa: ANN401
    ) -> tuple[list[str], list[str]]:
        kept = [sorted(t for t, n in used.items() if n >= self.min_letters) for used in (words_used, runs_used)]
        if y is None or len(kept[0]) + len(kept[1]) <= self.max_terms:
            return kept[0], kept[1]
        blocks = []
        for block, used in enumerate((words_used, runs_used)):
            terms, idf = _vocabulary(kept[block], used, len(counted))
            blocks.append(_weigh([c[block] for c in counted], terms, idf))
        scores, _ = chi2(hstack(blocks, format="csr"), y)
        best = np.zeros(len(scores), dtype=bool)
        best[np.argsort(-np.nan_to_num(scores), kind="stable")[: self.max_terms]] = True
        split = len(kept[0])
        return (
            [term for term, keep in zip(kept[0], best[:split], strict=True) if keep],
            [term for term, keep in zip(kept[1], best[split:], strict=True) if keep],
        )

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _letters_using(counted: list[Counter[str]]) -> Counter[str]:
    letters: Counter[str] = Counter()
    for counts in counted:
        letters.update(counts.keys())
    return letters


def _vocabulary(kept: list[str], letters: Counter[str], total: int) -> tuple[dict[str, int], np.ndarray]:
    number = np.array([letters[term] for term in kept], dtype=np.float64)
    idf = 1 + np.log((1 + total) / (1 + number))
    return {term: column for column, term in enumerate(kept)}, idf.astype(np.float32)


def _weigh(counted: list[Counter[str]], terms: dict[str, int], idf: np.ndarray) -> csr_matrix:
    columns: list[int] = []
    values: list[float] = []
    starts = [0]
    for counts in counted:
        known = sorted((terms[term], number) for term, number in counts.items() if term in terms)
        column = np.array([c for c, _ in known], dtype=np.int64)
        weight = (1 + np.log(np.minimum([n for _, n in known], MOST_COUNTED))) * idf[column]
        length = float(np.sqrt((weight**2).sum())) or 1.0
        columns.extend(column.tolist())
        values.extend((weight / length).tolist())
        starts.append(len(columns))
    return csr_matrix((values, columns, starts), shape=(len(counted), len(terms)))
