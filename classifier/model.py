"""The estimator that learns: a linear score for each class, turned into honest probabilities.

Multinomial logistic regression over ``LetterTerms``; its temperature is fitted on letters it has not seen (Guo et al. 2017, "On
Calibration of Modern Neural Networks"), held out writer by writer where the writers are known, because a real letter is always
by a stranger. The confidence in the best class is then what the writer it reads worst would grant it (Platt 1999).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_expit, log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from classifier.margins import Weights, by_margins

WEIGHT_STEPS = 127  # weights are rounded to this many steps of a row's largest, so that one byte holds each
COLDEST, HOTTEST = 0.05, 20.0
ENOUGH = 200  # held-out rows of a writer that can tell how sure to be
FAINTEST = 1e-30  # what all other classes together have at least, beside the best one


class CalibratedLinear(ClassifierMixin, BaseEstimator):
    """Multinomial logistic regression (or ``margins``), weights rounded; temperature and caution (slope, lift) from held-out rows.

    ``held_out_``: probabilities of each training row by a model that did not see its fold, shape (n_rows, n_classes); NaN where
    a class was too small to hold out. ``coef_`` has shape (n_classes, n_features) for any number of classes from two.

    >>> import numpy as np
    >>> X = np.array([[1.0, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]] * 5)
    >>> model = CalibratedLinear(folds=2).fit(X, ["欠薪", "欠薪", "征地", "征地"] * 5)
    >>> model.predict([[1.0, 0.2]]).tolist()
    ['欠薪']
    """

    def __init__(self, C: float = 10.0, folds: int = 4, max_iter: int = 100, seed: int = 0, margins: bool = False) -> None:
        self.C = C
        self.folds = folds
        self.max_iter = max_iter
        self.seed = seed
        self.margins = margins

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Learn from rows ``X`` (n_rows, n_features), labels ``y`` and, if known, who wrote each row (``groups``)."""
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float32, np.float64])
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"cannot learn from one class only, {self.classes_[0]!r}: label letters of a second one")
        self.held_out_ = self._held_out(X, codes, groups)
        self.temperature_ = _temperature(self.held_out_, codes)
        self.caution_ = _strictest_caution(self.held_out_ / self.temperature_, codes, groups)
        self.held_out_ = cautious(self.held_out_ / self.temperature_, *self.caution_)
        self.coef_, self.intercept_ = self._scores(X, codes)
        return self

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

    def _scores(self, X: Any, codes: NDArray[np.int64]) -> Weights:  # noqa: ANN401
        if self.margins:
            self.n_iter_ = 1  # liblinear counts its own rounds, class by class
            return self._spread(np.unique(codes), *by_margins(X, codes, self.seed))
        linear = LogisticRegression(C=self.C, max_iter=self.max_iter, random_state=self.seed).fit(X, codes)
        self.n_iter_ = int(linear.n_iter_.max())
        coef, intercept = linear.coef_, linear.intercept_
        if len(linear.classes_) == 2:
            coef, intercept = np.vstack([-coef, coef]) / 2, np.concatenate([-intercept, intercept]) / 2
        return self._spread(linear.classes_, coef, intercept)

    def _spread(self, seen: NDArray[np.int64], coef: NDArray[np.float64], intercept: NDArray[np.float64]) -> Weights:
        """Rounded weights and intercepts for all classes; a class that no row had can never be the best."""
        wide, bias = np.zeros((len(self.classes_), coef.shape[1])), np.full(len(self.classes_), -np.inf)
        wide[seen], bias[seen] = coef, intercept
        return _rounded(wide), bias

    def _held_out(self, X: Any, codes: NDArray[np.int64], groups: ArrayLike | None) -> NDArray[np.float64]:  # noqa: ANN401
        """Linear scores of every row by a model that has not seen it."""
        scores = np.full((X.shape[0], len(self.classes_)), np.nan)
        for train, test in self._splits(X, codes, groups):
            if len(np.unique(codes[train])) < 2:
                continue
            coef, intercept = clone(self)._seeing(self.classes_)._scores(X[train], codes[train])
            scores[test] = X[test] @ coef.T + intercept
        return scores

    def _seeing(self, classes: NDArray[Any]) -> Self:
        self.classes_ = classes
        return self

    def _splits(self, X: Any, codes: NDArray[np.int64], groups: ArrayLike | None) -> list[Any]:  # noqa: ANN401
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


def _rounded(coef: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each feature's weights rounded to ``WEIGHT_STEPS`` steps of its largest."""
    step = np.maximum(np.abs(coef).max(axis=0), 1e-12).astype(np.float32) / np.float32(WEIGHT_STEPS)
    rounded: NDArray[np.float64] = np.rint(coef / step) * step
    return rounded


def _temperature(scores: NDArray[np.float64], codes: NDArray[np.int64]) -> float:
    """The divisor of the scores that makes the right class of held-out rows most likely; 1 where nothing could be held out."""
    known = np.isfinite(scores).all(axis=1)
    if not known.any():
        return 1.0
    right = codes[known]

    def surprise(log_temperature: float) -> float:
        log_p = log_softmax(scores[known] / np.exp(log_temperature), axis=1)
        return float(-log_p[np.arange(len(right)), right].mean())

    best = minimize_scalar(surprise, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return round(float(np.exp(best.x)), 4)


def cautious(scores: NDArray[np.float64], slope: float, lift: float) -> NDArray[np.float64]:
    """Probabilities from scores, (n_rows, n_classes), the best class with log odds ``lift + slope * its own``.

    The other classes share the rest as before. With a slope up to 1 and no negative lift the best class stays the best.

    >>> cautious(np.log([[0.9, 0.1]]), 1.0, 0.0).round(3).tolist(), cautious(np.log([[0.9, 0.1]]), 0.5, 0.0).round(3).tolist()
    ([[0.9, 0.1]], [[0.75, 0.25]])
    """
    rows, best = np.arange(len(scores)), scores.argmax(axis=1)
    others = np.exp(scores - scores[rows, best][:, None])
    others[rows, best] = 0
    rest = np.maximum(others.sum(axis=1), FAINTEST)
    sure = expit(lift - slope * np.log(rest))
    p: NDArray[np.float64] = others / rest[:, None] * (1 - sure)[:, None]
    p[rows, best] = sure
    return p


def _strictest_caution(scores: NDArray[np.float64], codes: NDArray[np.int64], groups: ArrayLike | None) -> tuple[float, float]:
    """Slope and lift fitted on each writer's held-out rows; those that leave the model least sure over all rows."""
    known = np.isfinite(scores).all(axis=1)
    if not known.any():
        return 1.0, 0.0
    writers = np.zeros(len(codes)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    rows = np.flatnonzero(known)
    odds = _log_odds(scores[rows])
    right = scores[rows].argmax(axis=1) == codes[rows]
    readable = [writers[rows] == w for w in np.unique(writers[rows]) if (writers[rows] == w).sum() >= ENOUGH]
    found = [_caution(odds[chosen], right[chosen]) for chosen in readable or [np.ones(len(rows), dtype=bool)]]
    return min(found, key=lambda pair: float(expit(pair[1] + pair[0] * odds).mean()))


def _log_odds(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the best class against all others, (n_rows,)."""
    p = cautious(scores, 1.0, 0.0).max(axis=1)
    odds: NDArray[np.float64] = np.log(p / np.maximum(1 - p, FAINTEST))
    return odds


def _caution(odds: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope (up to 1) and lift (no less than 0) under which being right is most likely."""
    sign = np.where(right, 1.0, -1.0)

    def surprise(pair: NDArray[np.float64]) -> float:
        return float(-log_expit(sign * (pair[1] + pair[0] * odds)).mean())

    best = minimize(surprise, np.array([0.5, 0.1]), bounds=[(0.05, 1.0), (0.0, 5.0)], method="L-BFGS-B")
    return round(float(best.x[0]), 4), round(float(best.x[1]), 4)
