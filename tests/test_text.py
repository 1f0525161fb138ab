"""A letter is normalised without losing where its characters stood, and both segmenters cut it alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.corpus import LabelledLetter
from classifier.errors import BadDataFile
from classifier.letter import document
from classifier.text import _repaired, dictionary_words, read, reference_segmenter, segmenter

MESSY = st.text(alphabet=st.sampled_from("征地補償拖欠工資Ａｂ１2 　\t\n\r\u200b\ufeff😡𠀀，。!-_.@〇é"), max_size=60)


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("徵地補償", "征地补偿"),
        ("征\u200b地\ufeff补偿", "征地补偿"),
        ("征 地 补　偿", "征地补偿"),
        ("征地补\n偿没到位", "征地补偿没到位"),
        ("没有 wifi 信号", "没有 wifi 信号"),
        ("征地😡补偿", "征地补偿"),
        ("𠀀村", "〓村"),
    ],
)
def test_what_hides_a_word_is_taken_away(sent, read_as):
    assert read(f"\n{sent}").text == f"\n{read_as}"


def test_the_title_stays_on_its_own_line():
    reading = read("征地\n补偿")
    assert reading.text == "征地\n补偿"
    assert reading.title_length == 2


def test_digits_and_joiners_are_masked_for_features_only():
    reading = read("\n电话13800001234，a-b@c.com")
    assert "13800001234" in reading.text
    assert not set(reading.masked) & set("123456789@-.")


@given(MESSY, MESSY)
def test_every_span_leads_back_to_the_letter_as_sent(title, text):
    sent = document(title, text)
    reading = read(sent)
    assert len(reading.masked) == len(reading.text)
    for at in range(len(reading.text)):
        start, end = reading.span(at, at + 1)
        assert 0 <= start < end <= len(sent)
    whole = reading.span(0, len(reading.text))
    assert whole[1] <= len(sent)


@given(MESSY, MESSY)
def test_the_quick_way_reads_as_the_slow_way(title, text):
    sent = document(title, text)
    quick, slow = read(sent), _repaired(sent, sent.find("\n"))
    assert (quick.text, quick.masked, quick.title_length) == (slow.text, slow.masked, slow.title_length)


@settings(deadline=None)  # the first example loads the dictionary
@given(MESSY, MESSY)
def test_words_join_up_to_the_text_and_the_title_ends_at_a_word(title, text):
    reading = read(document(title, text))
    words = segmenter().cut(reading.masked)
    assert "".join(words) == reading.masked
    assert len("".join(words[: reading.title_words(words)])) == reading.title_length


def test_the_fast_segmenter_cuts_as_jieba_does(letters: list[LabelledLetter]):
    fast, reference = segmenter(), reference_segmenter()
    for letter in letters[:200]:
        masked = read(letter.document).masked
        assert fast.cut(masked) == reference.cut(masked), letter.id


@settings(deadline=None)
@given(MESSY)
def test_the_fast_segmenter_cuts_messy_text_as_jieba_does(text):
    masked = read(f"\n{text}").masked
    assert segmenter().cut(masked) == _reference().cut(masked)


def _reference(kept=[]):  # noqa: B006 - built once: loading jieba's dictionary takes a second
    if not kept:
        kept.append(reference_segmenter())
    return kept[0]


def test_a_broken_dictionary_line_is_named(tmp_path: Path):
    file = tmp_path / "dictionary.txt"
    file.write_text("征地 3000 n\n拆迁 many\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match=r"dictionary\.txt:2: expected 'word frequency \[tag\]'"):
        dictionary_words(file)
