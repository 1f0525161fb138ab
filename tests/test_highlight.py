"""Highlighting: no character is lost, only evidence is marked."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service.highlight import beginning, pieces

SPANS = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=8)


@given(st.text(max_size=30), SPANS)
def test_the_pieces_are_the_letter_and_the_marks_are_the_spans(text: str, spans: list[tuple[int, int]]) -> None:
    found = pieces(text, spans)
    assert "".join(piece.text for piece in found) == text
    flags = [piece.marked for piece in found for _ in piece.text]
    wanted = [any(start <= place < end for start, end in spans) for place in range(len(text))]
    assert flags == wanted


@given(st.text(max_size=30), SPANS)
def test_pieces_alternate_and_none_is_empty(text: str, spans: list[tuple[int, int]]) -> None:
    found = pieces(text, spans)
    assert all(piece.text for piece in found)
    assert all(one.marked != other.marked for one, other in pairwise(found))


def test_overlapping_and_touching_spans_are_one_mark() -> None:
    assert [piece.text for piece in pieces("拖欠我们工资一年", [(0, 3), (2, 4), (4, 6)]) if piece.marked] == ["拖欠我们工资"]


@given(st.text(max_size=30), SPANS, st.integers(0, 35))
def test_a_beginning_says_when_something_is_left_out(text: str, spans: list[tuple[int, int]], limit: int) -> None:
    shown = "".join(piece.text for piece in beginning(pieces(text, spans), limit))
    assert shown == (text if len(text) <= limit else text[:limit] + "……")
