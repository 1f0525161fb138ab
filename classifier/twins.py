"""Near-equal letters (孪生信件): which letters of one side have a twin on the other, by the cosine of their terms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.compiled import CompiledModel
from classifier.text import Cutter, read

NEAR = 0.9  # cosine from which on two letters are one text with other names
BLOCK = 256  # letters compared at once


def term_rows(model: CompiledModel, cutter: Cutter, documents: Sequence[str]) -> csr_matrix:
    """TF-IDF of the model's terms, each letter of unit length, (n_documents, n_terms)."""
    columns, values, ends = [], [], [0]
    for reading in map(read, documents):
        rows, weights = model.terms(reading, cutter.ends(reading.hidden))
        columns.append(np.asarray(rows, np.int64))
        values.append(weights / max(float(np.linalg.norm(weights)), 1e-12))
        ends.append(ends[-1] + len(rows))
    shape = (len(documents), len(model.idf))
    data = np.concatenate(values) if values else np.empty(0, np.float32)
    return csr_matrix((data, np.concatenate(columns) if columns else np.empty(0, np.int64), ends), shape=shape)


def has_twin(rows: csr_matrix, others: csr_matrix, near: float = NEAR) -> NDArray[np.bool_]:
    """Which rows of unit length have a near-equal one among the others, (n_rows,).

    >>> one = csr_matrix([[1.0, 0.0], [0.6, 0.8]])
    >>> has_twin(one, csr_matrix([[0.0, 1.0], [0.96, 0.28]])).tolist()
    [True, False]
    """
    found = np.zeros(rows.shape[0], bool)
    if not others.shape[0]:
        return found
    for start in range(0, rows.shape[0], BLOCK):
        cosines = rows[start : start + BLOCK] @ others.T
        found[start : start + BLOCK] = cosines.max(axis=1).toarray().ravel() >= near
    return found
