"""What the model sees of a letter: its words and its runs of one to three characters, digits masked; title and body weigh alike.

``LetterTerms`` is the scikit-learn side (documents in, sparse TF-IDF out). ``classifier.compiled`` answers with the same numbers
from plain arrays; ``tests/test_compiled.py`` holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_selection import chi2
from sklearn.preprocessing import normalize
from sklearn.utils.validation import check_is_fitted

from classifier.identity import mask
from classifier.text import MOST_COUNTED, SHIPPED_DICTIONARY, Reading, read, segmenter

LONGEST_RUN = 3  # characters
Counted = tuple[Counter[str], Counter[str]]  # in the title, in the text


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
    """Each run of one to three readable characters with its position: what the letter says even where words are cut wrongly.

    >>> [run for run, _ in runs(read("\\n欠工资！"))]
    ['欠', '工', '资', '欠工', '工资', '欠工资']
    """
    text = reading.masked
    readable = [is_readable(character) for character in text]
    for size in range(1, LONGEST_RUN + 1):
        for start in range(len(text) - size + 1):
            if all(readable[start : start + size]):
                yield text[start : start + size], start


class LetterTerms(TransformerMixin, BaseEstimator):
    """Documents to blocks of TF-IDF, one of words and one for each length of runs, each block of unit length.

    A document is "title\\ntext". Title and text are weighed apart, each to unit length, and the title counts ``title_weight`` times
    the text, so that it is heard however long the letter is. A term enters the vocabulary only if ``min_letters`` different letters
    use it after identities were masked, so that nobody's name does; of those the ``max_terms`` that tell most about the labels are
    kept (chi-squared, as in scikit-learn's ``SelectKBest``). Weights: ``(1 + ln tf) * (1 + ln((1 + n) / (1 + df)))`` as in its
    ``TfidfVectorizer(sublinear_tf=True)``.

    >>> terms = LetterTerms(min_letters=2).fit(["讨薪\\n欠薪", "\\n欠薪三个月"])
    >>> terms.terms_
    [['欠薪'], ['欠', '薪'], ['欠薪'], []]
    """

    def __init__(
        self, min_letters: int = 3, max_terms: int = 30_000, title_weight: float = 1.0, dictionary: Path = SHIPPED_DICTIONARY
    ) -> None:
        self.min_letters = min_letters
        self.max_terms = max_terms
        self.title_weight = title_weight
        self.dictionary = dictionary

    def fit(self, X: Iterable[str], y: Any = None, sample_weight: Any = None) -> Self:  # noqa: ANN401 - scikit-learn's signature
        """Learn the vocabulary, how rare each term is and, given labels ``y``, which terms tell most about them.

        ``sample_weight`` (n_documents,) counts in that choice only: no weight makes one letter's name that of three.
        """
        counted = [self._count(mask(document)) for document in X]
        if not counted:
            raise ValueError("no letters to learn terms from")
        used = _letters_using(counted)
        kept = [sorted(term for term, n in block.items() if n >= self.min_letters) for block in used]
        self._keep(kept, used, len(counted))
        if y is not None and sum(map(len, kept)) > self.max_terms:
            rows = self._weigh(counted)
            scores, _ = chi2(rows if sample_weight is None else diags(np.asarray(sample_weight, np.float64)) @ rows, y)
            self._keep(_best(kept, np.nan_to_num(scores), self.max_terms), used, len(counted))
        return self

    def transform(self, X: Iterable[str]) -> csr_matrix:
        """One row a document, columns in the order of ``terms_``: shape (n_documents, n_terms), float32."""
        check_is_fitted(self)
        return self._weigh([self._count(document) for document in X])

    def _keep(self, kept: list[list[str]], used: list[Counter[str]], total: int) -> None:
        self.terms_ = kept
        number = np.array([letters[term] for block, letters in zip(kept, used, strict=True) for term in block], np.float64)
        self.idf_ = (1 + np.log((1 + total) / (1 + number))).astype(np.float32)

    def _count(self, document: str) -> list[Counted]:
        """For words and for each length of runs: how often a term stands in the title and in the text."""
        reading = read(document)
        blocks: list[Counted] = [(Counter(), Counter()) for _ in range(1 + LONGEST_RUN)]
        for term, position in words(reading, self.dictionary):
            blocks[0][position + len(term) > reading.title_length][term] += 1
        for term, position in runs(reading):
            blocks[len(term)][position + len(term) > reading.title_length][term] += 1
        return blocks

    def _weigh(self, counted: list[list[Counted]]) -> csr_matrix:
        blocks, first = [], 0
        for number, kept in enumerate(self.terms_):
            if not kept:  # very short letters have no runs of three
                continue
            idf = self.idf_[first : first + len(kept)]
            columns = {term: column for column, term in enumerate(kept)}
            title, text = (_unit_rows([letter[number][part] for letter in counted], columns, idf) for part in (0, 1))
            blocks.append(normalize(self.title_weight * title + text))
            first += len(kept)
        return hstack(blocks or [csr_matrix((len(counted), 0))], format="csr", dtype=np.float32)

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _letters_using(counted: list[list[Counted]]) -> list[Counter[str]]:
    """How many letters use each term, block by block."""
    letters: list[Counter[str]] = [Counter() for _ in range(1 + LONGEST_RUN)]
    for blocks in counted:
        for block, (title, text) in zip(letters, blocks, strict=True):
            block.update(title.keys() | text.keys())
    return letters


def _best(kept: list[list[str]], scores: np.ndarray, most: int) -> list[list[str]]:
    """The terms with the highest scores, still block by block and in order."""
    chosen = np.zeros(len(scores), dtype=bool)
    chosen[np.argsort(-scores, kind="stable")[:most]] = True
    taken = iter(chosen)
    return [[term for term in block if next(taken)] for block in kept]


def _unit_rows(counted: list[Counter[str]], columns: dict[str, int], idf: np.ndarray) -> csr_matrix:
    """The known terms' weights, each row of unit length or empty."""
    found: list[tuple[int, int]] = []
    starts = [0]
    for counts in counted:
        found += sorted((columns[term], number) for term, number in counts.items() if term in columns)
        starts.append(len(found))
    column, number = np.array(found, dtype=np.int64).reshape(-1, 2).T
    values = (1 + np.log(np.minimum(number, MOST_COUNTED))) * idf[column]
    return normalize(csr_matrix((values, column, starts), shape=(len(counted), len(columns))))
