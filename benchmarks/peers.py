"""Other ways to sort letters, trained in the same run on the same letters: what the shipped model must beat."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jieba
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB

from classifier.corpus import LabelledLetter
from classifier.letter import document
from classifier.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The textbook's way: words into a vectorizer, a row into a model; ``calibrated`` False: its scores are no probabilities."""

    name: str
    vectorizer: Any
    model: Any
    calibrated: bool = True

    @property
    def classes(self) -> list[str]:
        """Labels, in the order of the columns of ``scores``."""
        return [str(label) for label in self.model.classes_]

    def scores(self, documents: Sequence[str]) -> NDArray[np.float64]:
        """One score a class, (n_documents, n_classes): higher is likelier."""
        found: NDArray[np.float64] = self.model.predict_proba(self.vectorizer.transform(documents))
        return found


class NearestDescription:
    """The class whose one row lies nearest by cosine; speaks like a scikit-learn classifier."""

    def __init__(self, rows: Any, classes: Sequence[str]) -> None:  # noqa: ANN401 - a sparse matrix
        self.rows, self.classes_ = rows, np.asarray(classes)

    def predict_proba(self, rows: Any) -> NDArray[np.float64]:  # noqa: ANN401 - a sparse matrix
        """Cosines, not probabilities: (n_rows, n_classes)."""
        return np.asarray((rows @ self.rows.T).todense(), dtype=np.float64)


def train_peers(letters: Sequence[LabelledLetter], taxonomy: Taxonomy) -> list[Pipeline]:
    """The nearest description, complement naive Bayes and the textbook pipeline (always last), in rising order of effort.

    The two that learn read the petitions among ``letters`` and, as the shipped model does, the taxonomy's own words.
    """
    jieba.setLogLevel(logging.WARNING)
    described = [(c.code, f"{c.name}。{c.scope}", c.typical_wording) for c in taxonomy.categories.values()]
    petitions = [letter for letter in letters if letter.in_scope]
    own_words = [(code, text) for code, text, wordings in described for text in (text, *wordings)]
    documents = [letter.document for letter in petitions] + [document("", text) for _, text in own_words]
    labels = [letter.category for letter in petitions] + [code for code, _ in own_words]
    vectorizer = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None)
    rows = vectorizer.fit_transform(documents)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the textbook's settings stay as they are
        textbook = LogisticRegression().fit(rows, labels)
    return [
        _nearest(described),
        Pipeline("complement naive Bayes", vectorizer, ComplementNB().fit(rows, labels)),
        Pipeline("textbook: jieba.lcut + TfidfVectorizer + LogisticRegression", vectorizer, textbook),
    ]


def _nearest(described: Sequence[tuple[str, str, tuple[str, ...]]]) -> Pipeline:
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(2, 2))  # pairs of characters: much better here than jieba's words
    rows = vectorizer.fit_transform(["。".join((text, *wordings)) for _, text, wordings in described])
    nearest = NearestDescription(rows, [code for code, _, _ in described])
    return Pipeline("nearest category description", vectorizer, nearest, calibrated=False)
