"""Drafts arrive in the other process as they were sent."""

from __future__ import annotations

import pickle
from dataclasses import fields

import numpy as np

from classifier.assess import Assessor
from classifier.corpus import LabelledLetter
from classifier.grouping.packed import pack, unpack
from classifier.grouping.profiling import Draft
from classifier.grouping.scorer import load_background
from classifier.letter import Letter


def test_drafts_are_the_same_after_the_journey(assessor: Assessor, letters: list[LabelledLetter]) -> None:
    background = load_background()
    sent = [
        Letter(f"L{number}", one.text, one.title, sender="甲" if number % 2 else None) for number, one in enumerate(letters[:20])
    ]
    sent.append(Letter("short", "好"))
    drafts = [assessor.draft(letter, background, arrived=float(at)) for at, letter in enumerate(sent)]
    arrived = unpack(pickle.loads(pickle.dumps(pack(drafts))))
    for one, other in zip(drafts, arrived, strict=True):
        for field in fields(Draft):
            here, there = getattr(one, field.name), getattr(other, field.name)
            assert np.array_equal(here, there), field.name
            assert getattr(here, "dtype", None) == getattr(there, "dtype", None)
