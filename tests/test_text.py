"""A letter is normalised without losing where its characters stood, and both segmenters cut it alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.corpus import read_labelled
from classifier.errors import BadDataFile
from classifier.letter import document
from classifier.text import (
    DROP,
    _character_table,
    codes_of,
    dictionary_words,
    joint_list,
    read,
    reference_segmenter,
    segmenter,
    word_list,
)

TRAINING_DATA = Path(__file__).parent.parent / "training_data"
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


@given(MESSY)
def test_what_was_made_readable_is_read_as_it_stands(text):
    once = read(document("", text))
    again = read(once.text)
    assert (again.text, again.masked, again.origin) == (once.text, once.masked, None)


@given(st.characters())
def test_a_capital_is_read_as_its_small_letter(character):
    assert read(f"\n{character}").text == read(f"\n{character.lower() if len(character.lower()) == 1 else character}").text


@settings(deadline=None)  # the first example loads the dictionary
@given(MESSY, MESSY)
def test_words_join_up_to_the_text_and_the_title_ends_at_a_word(title, text):
    reading = read(document(title, text))
    words = segmenter().cut(reading.masked)
    assert "".join(words) == reading.masked
    assert len("".join(words[: reading.title_words(words)])) == reading.title_length


def test_the_fast_segmenter_cuts_every_shipped_letter_as_jieba_does():
    for letter in read_labelled([TRAINING_DATA]):
        masked = read(letter.document).masked
        assert segmenter().cut(masked) == _reference().cut(masked), letter.id


@settings(deadline=None)
@given(MESSY | st.text(alphabet="啊哦一不是中国人民法院工资a0.#_%+-\r\n\u3000龥鿕鿖鿿\x85é", max_size=60))
def test_the_fast_segmenter_cuts_messy_text_as_jieba_does(text):
    assert segmenter().cut(text) == _reference().cut(text)


def test_a_new_frequency_replaces_that_of_jiebas_dictionary(tmp_path: Path):
    file = tmp_path / "dictionary.txt"
    file.write_text("农民工工 900000000 n\n", encoding="utf-8")
    assert segmenter(file).cut("农民工工资") == ["农民工工", "资"]


@given(st.lists(st.text("征地补偿", min_size=1, max_size=4), min_size=1, unique=True), st.text("征地补偿款", max_size=40))
def test_every_word_of_a_list_is_found_wherever_it_stands(words, text):
    places = [(end, start) for end in range(len(text) + 1) for start in range(end)]
    expected = [[end, start, words.index(text[start:end])] for end, start in places if text[start:end] in words]
    assert word_list(words).find(codes_of(text)) == expected


def _reference(kept=[]):  # noqa: B006 - built once: loading jieba's dictionary takes a second
    if not kept:
        kept.append(reference_segmenter())
    return kept[0]


def test_a_broken_dictionary_line_is_named(tmp_path: Path):
    file = tmp_path / "dictionary.txt"
    file.write_text("征地 3000 n\n拆迁 many\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match=r"dictionary\.txt:2: expected 'word frequency \[tag\]'"):
        dictionary_words(file)


WORDS = st.lists(st.text("法院起诉工资", min_size=1, max_size=4), unique=True, max_size=6)


@given(st.lists(WORDS, max_size=3), st.text("法院起诉工资", max_size=30))
def test_lists_together_find_what_each_finds_alone(lists, text):
    alone = [word_list(words) for words in lists]
    together = joint_list(*alone).places(codes_of(text))
    assert [found.tolist() for found in together] == [one.places(codes_of(text)).tolist() for one in alone]


def test_every_character_becomes_small_as_it_does_alone():
    table = _character_table()
    for code in [*range(0x21, 0x7F), *range(0xA1, 0x2600)]:
        small = chr(code).lower()
        assert table[code] in (ord(small) if len(small) == 1 else code, DROP)
