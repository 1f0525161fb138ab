"""The arrays that answer give the numbers of the estimators that learnt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from classifier.compiled import compile_model, load_state
from classifier.corpus import LabelledLetter
from classifier.features import LetterTerms
from classifier.kernels.term_table import MOST_TERMS, RUN, WORD, term_number
from classifier.model import CalibratedLinear
from classifier.text import codes_of, read, segmenter

ODD = ["\n", "\n！", "征地\n", "a\n", "\n征\r\n地", "标题\n\n正文征地", "\n" + "征地补偿" * 3000, "拖欠工资" * 30 + "\n拖欠工资"]


@pytest.fixture(scope="module")
def learnt(letters: list[LabelledLetter]):
    chosen = [letter for letter in letters if letter.in_scope][::3]
    terms = LetterTerms(max_terms=1500).fit([x.document for x in chosen], [x.category for x in chosen])
    rows = terms.transform([x.document for x in chosen])
    heads = {
        "category": CalibratedLinear(folds=2, max_iter=20).fit(rows, [x.category for x in chosen]),
        "purpose": CalibratedLinear(folds=2, max_iter=20).fit(rows, [x.purpose for x in chosen]),
    }
    return terms, heads, load_state(compile_model(terms, heads)), [x.document for x in chosen[:60]] + ODD


def _answer(model, document):
    reading = read(document)
    return segmenter().cut(reading.masked), model.read(reading, segmenter().ends(reading.hidden))


@pytest.mark.parametrize("head", ["category", "purpose"])
def test_compiled_and_learnt_model_give_the_same_probabilities(learnt, head):
    terms, heads, model, documents = learnt
    expected = heads[head].predict_proba(terms.transform(documents))
    for document, right in zip(documents, expected, strict=True):
        answer = _answer(model, document)[1].probabilities[model.heads[head].columns]
        assert np.allclose(answer, right, atol=1e-5), document[:20]


def test_the_terms_of_a_letter_are_those_of_the_estimator(learnt):
    terms, _, model, documents = learnt
    expected = terms.transform(documents)
    for at, document in enumerate(documents):
        reading = read(document)
        rows, values = model.terms(reading, segmenter().ends(reading.hidden))
        assert rows.tolist() == sorted(expected[at].indices), document[:20]
        assert np.allclose(values, expected[at].toarray()[0, rows], atol=1e-5), document[:20]


def test_the_parts_of_all_words_add_up_to_the_best_score(learnt):
    _, _, model, documents = learnt
    for document in documents:
        words, answer = _answer(model, document)
        best = int(answer.scores[model.heads["category"].columns].argmax())
        assert len(answer.parts) == len(words)
        assert answer.parts.sum() + model.intercepts[best] == pytest.approx(answer.scores[best], abs=1e-3)


def test_the_same_characters_as_a_word_and_as_a_run_are_two_terms(learnt):
    terms, _, model, _ = learnt
    assert set(terms.terms_[0]) & set(terms.terms_[2])
    rows = model.slots[model.slots > 0] & np.uint64(MOST_TERMS)
    assert sorted(rows.tolist()) == list(range(1, 1 + sum(map(len, terms.terms_))))
    numbers = [term_number(codes_of("征地"), 0, 2, kind) for kind in (WORD, RUN)]
    assert numbers[0] >> np.uint64(20) != numbers[1] >> np.uint64(20)


def test_known_words_are_counted(learnt):
    terms, _, model, documents = learnt
    words, answer = _answer(model, documents[0])
    assert answer.known == sum(word in terms.terms_[0] for word in words)


def test_machine_code_and_plain_python_give_the_same_numbers():
    code = (
        "import numpy as np\nfrom classifier.kernels.candidates import *\n"
        "from classifier.kernels.cues import *\nfrom classifier.kernels.glance import *\nfrom classifier.kernels.spans import *\n"
        "from classifier.kernels.term_table import *\nfrom classifier.kernels.terms import *\n"
        "from classifier.kernels.words import *\n"
        "f = lambda *n: np.array(n, np.float32)\n"
        "codes = np.array([24449, 22320, 34917, 20607, 34917], np.uint32)\n"
        "listed = np.array([24449, 22320, 32, 57, 10, 34917, 20607, 32, 52, 10], np.uint32)\n"
        "prefixes = np.zeros(16, np.uint64)\nshares = read_dictionary(listed, prefixes)\n"
        "ends, found = cut_words(codes, prefixes, shares), find_words(codes, prefixes, np.full(SIEVE // 8, 255, np.uint8))\n"
        "slots, sieve = np.zeros(8, np.uint64), np.zeros(1 << 16, np.uint8)\n"
        "fill_table(slots, sieve, np.array([24449, 22320, 10], np.uint32), 0, WORD)\n"
        "fill_table(slots, sieve, np.array([34917, 20607, 10], np.uint32), 1, RUN)\n"
        "steps, scales = np.arange(6, dtype=np.int8).reshape(2, 3), f(0.1, 0.2, 0.3, 0.4).reshape(2, 2)\n"
        "blocks, cautions = np.array([0, 1, 1, 2, 2]), f(0.5, 0.1, 1, 0).reshape(2, 2)\n"
        "tables = blocks, f(1.5, 2.5), f(1, 1, 1.7, 2.1), steps, scales, f(0.1, 0.2, 0.3), np.array([0, 2, 3]), cautions, 1.0\n"
        "heard, marks = np.array([[2, 0, 0], [5, 3, 1], [5, 4, 0]]), np.array([10], np.uint32)\n"
        "cues, last = cue_row(codes, 2, heard, np.array([1, 0]), 2, 9, 3, marks, marks, np.array([[0, 1]]))\n"
        "pulled = pulling_cues(np.arange(11, dtype=np.float32) / 7, cues, last, 3, np.array([[0, 1]]), ends)\n"
        "out = read_letter(codes, ends, 2, cues, slots, sieve, *tables, np.arange(11, dtype=np.float32).reshape(1, 11) / 9, 2)\n"
        "some = letter_terms(codes, ends, 2, slots, sieve, *tables[:3], 3)\n"
        "quoted = quoted_spans(np.array([3.0, -2.0, -2.0]), np.array([2, 3, 5]), codes, 0.25, 0.1, 24, 4, 2)\n"
        "lists = find_in_lists(codes, prefixes, np.full(SIEVE // 8, 255, np.uint8), np.array([[0, -1], [1, 0]]))\n"
        "best = leading(f(0.03125, 0.5, 0.1, 0.2), np.array([0, 1, 0, 1]), 3)\n"
        "model = slots, sieve, *tables, np.ones((1, 11), np.float32), 2\n"
        "matter = np.array([0, 1]), np.array([1]), 2, (0.2, 0.1, 9, 4, 2)\n"
        "found_in = prefixes, np.full(SIEVE // 8, 255, np.uint8), np.array([[0, 1], [1, 0], [0, 1]])\n"
        "asked = (np.array([1, 0]), 2, 9, 3, marks, marks, np.array([[0, 1]])), (np.ones((1, 11), np.float32), 2, 0)\n"
        "heights, owners = np.arange(1 << 16).astype(np.complex64), np.zeros(1 << 15, np.uint32)\n"
        "alarm, said = (heights, owners, heights[: 1 << 15], 20, 3, 2, 0.9), np.zeros(37)\n"
        "seen = glance(codes, codes, 2, said, (prefixes, shares), model, matter, found_in, *asked, alarm)\n"
        "parts = categories_of_parts(codes, np.array([[0, 2], [2, 5]]), (prefixes, shares), model)\n"
        "all_of_it = seen, said, parts, ends, found, *lists, *best, cues, last, *pulled, *out, *some, *quoted\n"
        "print([np.round(np.asarray(part, float), 5).tolist() for part in all_of_it])\n"
    )
    environment = {"PYTHONPATH": str(Path(__file__).parent.parent), "PATH": os.defpath}
    outputs = [
        subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=environment | more, capture_output=True, check=True).stdout
        for more in ({}, {"NUMBA_DISABLE_JIT": "1"})
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0]
