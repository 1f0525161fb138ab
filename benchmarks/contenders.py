"""Ways to learn any label set from labelled letters, each by its own published recipe, behind one small interface."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import jieba
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from classifier.compiled import CompiledModel, load_state
from classifier.corpus import LabelledLetter
from classifier.text import read, segmenter
from classifier.training import train


class Contender(Protocol):
    """Learns labels from letters and then says one for each document."""

    def fit(self, letters: Sequence[LabelledLetter]) -> None:
        """Learn."""

    def predict(self, documents: Sequence[str]) -> list[str]:
        """The most likely label of each document."""

    def size(self) -> int:
        """Bytes that the trained model takes in a file."""


class Learnt:
    """A scikit-learn pipeline of texts."""

    def __init__(self, steps: Sequence[Any]) -> None:
        self.pipeline = make_pipeline(*steps)

    def fit(self, letters: Sequence[LabelledLetter]) -> None:
        self.pipeline.fit([x.document for x in letters], [x.category for x in letters])

    def predict(self, documents: Sequence[str]) -> list[str]:
        return [str(label) for label in self.pipeline.predict(list(documents))]

    def size(self) -> int:
        return len(pickle.dumps(self.pipeline))


class Ours:
    """``fenxin train``, and the arrays that answer."""

    model: CompiledModel
    state: dict[str, Any]

    def fit(self, letters: Sequence[LabelledLetter]) -> None:
        self.state = train(letters).state
        self.model = load_state(self.state)

    def predict(self, documents: Sequence[str]) -> list[str]:
        classes, cutter = self.model.heads["category"].classes, segmenter()
        readings = map(read, documents)
        return [classes[int(self.model.read(r, cutter.ends(r.hidden)).probabilities.argmax())] for r in readings]

    def size(self) -> int:
        return len(pickle.dumps(self.state))


class FastText:
    """Facebook's fastText on jieba's words, in the settings of its own tutorial (pairs of words, 25 rounds)."""

    def fit(self, letters: Sequence[LabelledLetter]) -> None:
        import fasttext

        self.labels = sorted({x.category for x in letters})
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "letters.txt"
            lines = [f"__label__{self.labels.index(x.category)} {self._line(x.document)}" for x in letters]
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            self.model = fasttext.train_supervised(str(file), lr=1.0, epoch=25, wordNgrams=2, thread=1, verbose=0)

    def predict(self, documents: Sequence[str]) -> list[str]:
        found = [self.model.predict(self._line(text))[0][0] for text in documents]
        return [self.labels[int(label.removeprefix("__label__"))] for label in found]

    def size(self) -> int:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model.bin"
            self.model.save_model(str(file))
            return file.stat().st_size

    @staticmethod
    def _line(text: str) -> str:
        return " ".join(word for word in cut(text) if word.strip())


@cache
def cut(text: str) -> list[str]:
    """jieba's words; kept, because folds share letters: only the first fold's times are of the whole work."""
    words: list[str] = jieba.lcut(text)
    return words


def _signalen() -> Contender:
    by_grid = GridSearchCV(LogisticRegression(max_iter=50), {"C": [0.1, 1, 10]}, cv=3)
    return Learnt([CountVectorizer(tokenizer=cut, token_pattern=None, ngram_range=(1, 2), min_df=2), by_grid])


CONTENDERS: dict[str, Callable[[], Contender]] = {
    "complement naive Bayes": lambda: Learnt([TfidfVectorizer(tokenizer=cut, token_pattern=None), ComplementNB()]),
    "textbook: jieba, TF-IDF, logistic regression": lambda: Learnt(
        [TfidfVectorizer(tokenizer=cut, token_pattern=None), LogisticRegression()]
    ),
    "jieba, TF-IDF, linear SVM": lambda: Learnt([TfidfVectorizer(tokenizer=cut, token_pattern=None), LinearSVC()]),
    "the same, tuned": lambda: Learnt(
        [TfidfVectorizer(tokenizer=cut, token_pattern=None, ngram_range=(1, 2), min_df=2, sublinear_tf=True), LinearSVC(C=0.5)]
    ),
    "Signalen: counts of words and pairs, regression by grid": _signalen,
    "THUCTC: pairs of characters, chi-squared, linear SVM": lambda: Learnt(
        [TfidfVectorizer(analyzer="char", ngram_range=(2, 2)), SelectKBest(chi2, k=5000), LinearSVC()]
    ),
    "fastText": FastText,
    "Fenxin, fenxin train": Ours,
}
