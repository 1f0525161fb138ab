"""Each doubt holds for its own reason and for no other."""

from __future__ import annotations

import pytest

from classifier.doubt import DOUBTS, doubts
from classifier.letter import Access, Route, Signals, UrgencyLevel, UrgencySignal

CLEAR = dict(
    lead=0.98,
    best=0.97,
    second=0.01,
    out_of_scope=0.01,
    known_words=0.9,
    short=False,
    cut=0.9,
    signals=Signals(),
    route=Route("RSJ"),
)


def test_a_clear_letter_raises_no_doubt():
    assert doubts(**CLEAR) == ()


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("below_cut", {"lead": 0.89}),
        ("below_cut", {"cut": None}),
        ("tie", {"best": 0.95, "second": 0.85}),
        ("unknown_words", {"known_words": 0.1}),
        ("too_short", {"short": True}),
        ("out_of_scope", {"out_of_scope": 0.6}),
        ("urgent", {"signals": Signals(urgency=UrgencySignal(UrgencyLevel.R0))}),
        ("accused_recipient", {"route": Route("JWJW", blocked=("RSJ",))}),
        ("restricted", {"route": Route("JWJW", access=Access.RESTRICTED)}),
        ("no_route", {"route": Route(None)}),
    ],
)
def test_each_reason_is_told_by_its_name(name, changed):
    assert doubts(**(CLEAR | changed)) == (name,)


def test_two_categories_of_one_department_may_share_what_its_cut_asks_for():
    assert doubts(**(CLEAR | {"best": 0.6, "second": 0.38})) == ()


def test_every_doubt_has_words_for_officers():
    from service.wording import DOUBTS as WORDS

    assert set(DOUBTS) == set(WORDS)
