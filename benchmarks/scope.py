"""Texts that are no petition against real petitions: whoever wrote a text, or its kind, is held out whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.metrics import roc_auc_score

from benchmarks.real_letters import read_gold, read_stream
from classifier.corpus import OUT_OF_SCOPE_FILE, LabelledLetter
from classifier.features import LetterTerms
from classifier.purpose import cue_reader, load_cues
from classifier.scope import fit_scope, one_liners
from classifier.text import read

OTHER_REAL = 1000  # letters of the stream beside gold
KINDS = {
    "advertising": "ad advertisement loan_ad spam",
    "news and reports": "news summary thesis minutes",
    "notices": "notice template reply contract propaganda tender plan faq",
    "speeches": "speech",
    "thanks and greetings": "thanks praise greeting invite invitation eulogy",
    "misdirected": "misdirected misdirected_chat misdirected_mail letter_personal job_application resume love",
}
FOLDS, ROUNDS = 4, 100


def scope(written: Sequence[LabelledLetter], real: Path, training: Path) -> list[dict[str, float | str]]:
    """A row for each way to hold out: AUROC against gold and other real letters, petitions doubted, held-out texts doubted.

    The terms are chosen once from all written texts; the head never sees what is held out, nor any real letter.
    """
    letters = [x for x in written if x.in_scope] + one_liners(written) + [x for x in written if not x.in_scope]
    outside = np.array([not x.in_scope for x in letters])
    terms = LetterTerms()
    rows = terms.fit([x.document for x in letters], [x.category for x in letters]).transform([x.document for x in letters])
    gold = [g.document for g in read_gold(real)]
    documents = gold + [x.document for x in _stream(real)]
    real_rows = hstack([terms.transform(documents), csr_matrix(_cues(documents))], format="csr")
    cues = _cues([x.document for x in letters])
    is_gold = np.arange(real_rows.shape[0]) < len(gold)
    ways = {"writer": [x.origin for x in letters[outside.argmax() :]], "kind": _families(letters[outside.argmax() :], training)}
    return [
        {"held out by": name, **_held_out(rows, cues, letters, outside, real_rows, is_gold, w, terms.terms_)}
        for name, w in ways.items()
    ]


def _cues(documents: Sequence[str]) -> NDArray[np.float32]:
    return cue_reader(load_cues()).rows(map(read, documents))


def _held_out(
    rows: NDArray[np.float32],
    cues: NDArray[np.float32],
    letters: Sequence[LabelledLetter],
    outside: NDArray[np.bool_],
    real_rows: NDArray[np.float32],
    is_gold: NDArray[np.bool_],
    ways: Sequence[str],
    terms: Sequence[Sequence[str]],
) -> dict[str, float]:
    """Weighted by the number of texts held out at a time."""
    found, sizes = [], []
    for way in sorted(set(ways)):
        held = outside.copy()
        held[outside] = np.array(ways) == way
        kept = np.flatnonzero(~held)
        head = fit_scope(rows[kept], [letters[i] for i in kept], terms, FOLDS, ROUNDS, cues[kept])
        texts = hstack([rows[np.flatnonzero(held)], csr_matrix(cues[held])])
        p = head.predict_proba(vstack([texts, real_rows], format="csr"))[:, 1]
        texts, real = p[: held.sum()], p[held.sum() :]
        found.append(
            [_area(texts, real[is_gold]), _area(texts, real[~is_gold]), (real[is_gold] >= 0.5).mean(), (texts >= 0.5).mean()]
        )
        sizes.append(int(held.sum()))
    columns = ("AUROC, gold", "AUROC, other real", "petitions doubted", "texts doubted")
    return dict(zip(columns, np.average(found, axis=0, weights=sizes).tolist(), strict=True))


def _area(texts: NDArray[np.float64], petitions: NDArray[np.float64]) -> float:
    truth = np.arange(len(texts) + len(petitions)) < len(texts)
    return float(roc_auc_score(truth, np.concatenate([texts, petitions])))


def _stream(real: Path) -> list[LabelledLetter]:
    return [LabelledLetter(x.title, x.text, "") for x in read_stream(real, OTHER_REAL)]


def _families(texts: Sequence[LabelledLetter], training: Path) -> list[str]:
    """The family of each text's kind, by its id."""
    family = {kind: name for name, kinds in KINDS.items() for kind in kinds.split()}
    lines = (training / OUT_OF_SCOPE_FILE).read_bytes().splitlines()
    kinds = {record["id"]: record["kind"] for record in map(orjson.loads, lines)}
    return [family.get(kinds.get(x.id, ""), "other") for x in texts]
