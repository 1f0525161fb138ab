"""The estimator that learns: a linear score for each class, turned into honest probabilities.

Multinomial logistic regression over ``LetterTerms``; a temperature (Guo et al. 2017, "On Calibration of Modern Neural Networks")
and how sure to be of the best class (Platt 1999) are fitted together on letters it has not seen, held out writer by writer where
the writers are known, because a real letter is always by a stranger.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from classifier.calibration import calibrate, cautious
from classifier.echoes import Echoes
from classifier.label_noise import suspicious
from classifier.likeness import likeness
from classifier.margins import Weights, by_margins

WEIGHT_STEPS = 127  # weights are rounded to this many steps of a row's largest, so that one byte holds each


class CalibratedLinear(ClassifierMixin, BaseEstimator):
    """Multinomial logistic regression (or ``margins``), weights rounded; temperature and caution (slope, lift) from held-out rows.

    With ``likeness`` above 0 the regression's weights have naive Bayes beside them, counting so much (``classifier.likeness``).
    ``held_out_``: probabilities of each training row by a model that did not see its fold, shape (n_rows, n_classes); NaN where
    a class was too small to hold out. ``suspects_``: doubtable rows whose label the held-out probabilities contradict; they taught
    neither weights nor calibration. ``coef_`` has shape (n_classes, n_features) for any number of classes from two.

    >>> import numpy as np
    >>> X = np.array([[1.0, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]] * 5)
    >>> model = CalibratedLinear(folds=2).fit(X, ["欠薪", "欠薪", "征地", "征地"] * 5)
    >>> model.predict([[1.0, 0.2]]).tolist()
    ['欠薪']
    """

    def __init__(
        self,
        C: float = 10.0,
        folds: int = 4,
        max_iter: int = 100,
        seed: int = 0,
        margins: bool = False,
        likeness: float = 0.0,
    ) -> None:
        self.C = C
        self.folds = folds
        self.max_iter = max_iter
        self.seed = seed
        self.margins = margins
        self.likeness = likeness

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        asked: NDArray[np.bool_] | None = None,
        doubtable: NDArray[np.bool_] | None = None,
        echoes: Echoes | None = None,
    ) -> Self:
        """Learn from rows ``X`` (n_rows, n_features), labels ``y`` and, if known, who wrote each row (``groups``).

        ``sample_weight``: what each row counts. ``asked``: the rows that are like those to come; they alone tell how sure to be.
        ``doubtable``: the rows whose label may be a slip. Each (n_rows,). ``echoes``: parts of rows that teach beside them.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float32, np.float64])
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"cannot learn from one class only, {self.classes_[0]!r}: label letters of a second one")
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, X, dtype=np.float64)
        scores = self._held_out(X, codes, groups, weights, echoes)
        self.suspects_ = suspicious(scores, codes, doubtable)
        trusted: NDArray[np.bool_] = ~self.suspects_
        self._calibrate(scores, codes, groups, weights, trusted if asked is None else trusted & asked)
        self.coef_, self.intercept_ = self._scores(*_taught(X, codes, weights, np.flatnonzero(trusted), echoes))
        return self

    def _calibrate(
        self,
        scores: NDArray[np.float64],
        codes: NDArray[np.int64],
        groups: ArrayLike | None,
        weights: NDArray[np.float64] | None,
        asked: NDArray[np.bool_],
    ) -> None:
        """Temperature and caution from the asked rows' held-out scores, which become probabilities."""
        near, right = scores[asked], codes[asked]
        weigh = None if weights is None else weights[asked]
        writers = None if groups is None else np.asarray(groups)[asked]
        self.temperature_, *caution = calibrate(near, right, writers, weigh)
        self.caution_ = tuple(caution)
        self.held_out_ = cautious(scores / self.temperature_, *self.caution_)

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Linear scores before calibration, (n_rows, n_classes); for two classes the second one's lead, (n_rows,)."""
        check_is_fitted(self)
        scores = self._linear(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Calibrated probabilities, (n_rows, n_classes), each row adding up to one."""
        check_is_fitted(self)
        return cautious(self._linear(X) / self.temperature_, *self.caution_)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of each row."""
        check_is_fitted(self)
        best: NDArray[Any] = self.classes_[self._linear(X).argmax(axis=1)]
        return best

    def _linear(self, X: Any) -> NDArray[np.float64]:  # noqa: ANN401
        X = validate_data(self, X, accept_sparse="csr", dtype=[np.float32, np.float64], reset=False)
        return np.asarray(X @ self.coef_.T + self.intercept_, dtype=np.float64)

    def _scores(self, X: Any, codes: NDArray[np.int64], weights: NDArray[np.float64] | None) -> Weights:  # noqa: ANN401
        if self.margins:
            self.n_iter_ = 1  # liblinear counts its own rounds, class by class
            return self._spread(np.unique(codes), *by_margins(X, codes, self.seed, weights))
        linear = LogisticRegression(C=self.C, max_iter=self.max_iter, random_state=self.seed).fit(X, codes, weights)
        self.n_iter_ = int(linear.n_iter_.max())
        coef, intercept = linear.coef_, linear.intercept_
        if len(linear.classes_) == 2:
            coef, intercept = np.vstack([-coef, coef]) / 2, np.concatenate([-intercept, intercept]) / 2
        if self.likeness:
            coef = coef + self.likeness * likeness(X, codes, weights, coef)
        return self._spread(linear.classes_, coef, intercept)

    def _spread(self, seen: NDArray[np.int64], coef: NDArray[np.float64], intercept: NDArray[np.float64]) -> Weights:
        """Rounded weights and intercepts for all classes; a class that no row had can never be the best."""
        wide, bias = np.zeros((len(self.classes_), coef.shape[1])), np.full(len(self.classes_), -np.inf)
        wide[seen], bias[seen] = coef, intercept
        return _rounded(wide), bias

    def _held_out(
        self,
        X: Any,  # noqa: ANN401
        codes: NDArray[np.int64],
        groups: ArrayLike | None,
        weights: NDArray[np.float64] | None,
        echoes: Echoes | None,
    ) -> NDArray[np.float64]:
        """Linear scores of every row by a model that has not seen it, nor an echo of it."""
        scores = np.full((X.shape[0], len(self.classes_)), np.nan)
        for train, test in self._splits(X, codes, groups):
            if len(np.unique(codes[train])) < 2:
                continue
            coef, intercept = clone(self)._seeing(self.classes_)._scores(*_taught(X, codes, weights, train, echoes))
            scores[test] = X[test] @ coef.T + intercept
        return scores

    def _seeing(self, classes: NDArray[Any]) -> Self:
        self.classes_ = classes
        return self

    def _splits(self, X: Any, codes: NDArray[np.int64], groups: ArrayLike | None) -> list[Any]:  # noqa: ANN401
        if self.folds < 2:
            return []
        if groups is not None and len(np.unique(groups)) > 1:
            folds = min(self.folds, len(np.unique(groups)))
            return list(GroupKFold(folds).split(X, codes, groups))
        folds = min(self.folds, int(np.bincount(codes).max()))
        if folds < 2:
            return []
        smallest_ok = np.bincount(codes).min() >= folds
        splitter = StratifiedKFold(folds, shuffle=True, random_state=self.seed)
        if not smallest_ok:
            return list(splitter.split(X, np.minimum(codes, 0)))
        return list(splitter.split(X, codes))

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _taught(
    X: Any,  # noqa: ANN401
    codes: NDArray[np.int64],
    weights: NDArray[np.float64] | None,
    chosen: NDArray[np.int64],
    echoes: Echoes | None,
) -> tuple[Any, NDArray[np.int64], NDArray[np.float64] | None]:
    """What the chosen rows teach: rows, codes, weights; with echoes their own below."""
    if echoes is not None:
        return echoes.beside(X, codes, weights, chosen)
    return X[chosen], codes[chosen], None if weights is None else weights[chosen]


def _rounded(coef: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each feature's weights rounded to ``WEIGHT_STEPS`` steps of its largest."""
    step = np.maximum(np.abs(coef).max(axis=0), 1e-12).astype(np.float32) / np.float32(WEIGHT_STEPS)
    rounded: NDArray[np.float64] = np.rint(coef / step) * step
    return rounded
