"""Drafts and profiles arrive in the other process as they were sent."""

from __future__ import annotations

import pickle
from dataclasses import fields

import numpy as np
import pytest

from classifier.assess import Assessor
from classifier.corpus import LabelledLetter
from classifier.grouping.packed import pack, unpack
from classifier.grouping.profile import Profile
from classifier.grouping.profiling import Draft, profile_of
from classifier.grouping.scorer import load_background
from classifier.letter import Letter


@pytest.mark.parametrize("kind", [Draft, Profile])
def test_letters_are_the_same_after_the_journey(
    assessor: Assessor, letters: list[LabelledLetter], kind: type[Draft] | type[Profile]
) -> None:
    background = load_background()
    sent = [
        Letter(f"L{number}", one.text, one.title, sender="甲" if number % 2 else None) for number, one in enumerate(letters[:20])
    ]
    sent.append(Letter("short", "好"))
    drafts = [assessor.draft(letter, background, arrived=float(at)) for at, letter in enumerate(sent)]
    sent_off = drafts if kind is Draft else [profile_of(draft, background) for draft in drafts]
    arrived = unpack(pickle.loads(pickle.dumps(pack(sent_off))), kind)
    for one, other in zip(sent_off, arrived, strict=True):
        for field in fields(kind):
            here, there = getattr(one, field.name), getattr(other, field.name)
            assert np.array_equal(here, there), field.name
            assert getattr(here, "dtype", None) == getattr(there, "dtype", None)
