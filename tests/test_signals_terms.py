"""The table of signal words: what a row asks for, what silences it, and how a broken row is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import BadDataFile
from classifier.letter import Evidence, Signals
from classifier.signals.numerals import whole_number
from classifier.signals.reader import SignalReader, load_reader
from classifier.signals.terms import TERM_COLUMNS, Hit, load_terms, plain_quote, quotes, sentence
from classifier.taxonomy import load_taxonomy

HEADER = ",".join(TERM_COLUMNS) + "\n"


@pytest.fixture(scope="module")
def reader() -> SignalReader:
    return load_reader(load_taxonomy())


def county(folder: Path, *rows: str) -> Path:
    (folder / "signal_terms.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


def found(folder: Path, text: str) -> list[tuple[str, str]]:
    return [(hit.signal, hit.value) for hits in load_terms(folder).find(text).values() for hit in hits]


def test_a_row_holds_only_with_what_it_asks_for_near_its_word(tmp_path: Path) -> None:
    folder = county(tmp_path, "urgency,R1,桥洞,积水|塌,,6,,")
    assert found(folder, "桥洞又积水了") == [("urgency", "R1")]
    assert found(folder, "桥洞很大，前天我从那里过，看见积水") == []


def test_unless_looks_at_the_whole_sentence_and_no_further(tmp_path: Path) -> None:
    folder = county(tmp_path, "urgency,R1,停水,,已经恢复,,,")
    assert found(folder, "停水三天，今天已经恢复。") == []
    assert found(folder, "停水三天。楼上已经恢复。") == [("urgency", "R1")]


def test_a_row_with_value_none_silences_its_signal_in_its_sentence(tmp_path: Path) -> None:
    folder = county(tmp_path, "urgency,R1,坍塌,,,,,", "urgency,none,演习,,,,,")
    assert found(folder, "演习坍塌救援。旁边的墙真的坍塌。") == [("urgency", "R1")]


@pytest.mark.parametrize("near", ["{now}", "{now}|刚才", "(?:{now})了?"])
def test_a_phrase_stands_for_its_words(tmp_path: Path, near: str) -> None:
    folder = county(tmp_path, "phrase,now,正在；此刻,,,,,", f"urgency,R1,漏水,{near},,,,")
    assert found(folder, "此刻漏水") == [("urgency", "R1")]
    assert found(folder, "去年漏水") == []


def test_the_county_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    reader = load_reader(load_taxonomy(), county(tmp_path, "group,likely,共同具名,,,,,"))
    assert reader.read("\n我们共同具名", purpose="APPEAL").group.level == "likely"
    assert reader.read("\n我们联名请愿", purpose="APPEAL").group.level == "none"


BAD = {
    "broken near": ("urgency,R1,桥,积(水,,,,", "column near is no regular expression"),
    "broken unless": ("urgency,R1,桥,,[,,,", "column unless is no regular expression"),
    "matches nothing": ("urgency,R1,桥,积水|,,,,", "matches anything"),
    "excuses nothing": ("urgency,R1,桥,,积水|,,,", "matches anything"),
    "unknown signal": ("mood,angry,气死,,,,,", "unknown signal"),
    "unknown value": ("urgency,R9,桥,,,,,", "unknown value of urgency"),
    "unknown department": ("accused,NOSUCH,某某办,,,,,", "unknown value of accused"),
    "no words": ("urgency,R1,,,,,,", "column words is empty"),
    "bad reach": ("urgency,R1,桥,水,,far,,", "reach 'far'"),
    "unknown phrase": ("urgency,R1,桥,{soon},,,,", "unknown phrase in column near"),
    "unknown phrase inside": ("urgency,R1,桥,,(?:{soon}了),,,", "unknown phrase in column unless"),
    "phrase twice": ("phrase,here,当地,,,,,", "named twice"),
}


@pytest.mark.parametrize(("row", "fault"), BAD.values(), ids=BAD)
def test_a_bad_row_names_file_and_row(tmp_path: Path, row: str, fault: str) -> None:
    folder = county(tmp_path, "phrase,here,本地,,,,,", row)
    with pytest.raises(BadDataFile) as caught:
        load_terms(folder, load_taxonomy().departments)
    assert (caught.value.file, caught.value.row) == ("signal_terms.csv", 3)
    assert fault in caught.value.fault


def test_a_sentence_ends_where_it_ends_or_after_sixty_characters() -> None:
    assert sentence("甲。乙丙丁！戊", 3, 4) == (2, 5)
    assert sentence("长" * 500, 250, 251) == (190, 311)


def test_one_place_is_quoted_once() -> None:
    hits = [Hit(2, "group", "likely", 1, 3), Hit(5, "group", "possible", 1, 3)]
    assert quotes(plain_quote("我们联名"), hits) == (Evidence("们联", 1, 3, None, ""),)


@given(st.integers(0, 99_999))
def test_arabic_numbers_are_read_back(number: int) -> None:
    assert whole_number(f"{number:,}") == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("三十八", 38),
        ("一百二十余", 120),
        ("两千", 2000),
        ("一万二千", 12000),
        ("十", 10),
        ("3千", 3000),
        ("二三", None),
        ("几十", None),
        ("", None),
    ],
)
def test_chinese_numbers_are_read(text: str, number: int | None) -> None:
    assert whole_number(text) == number


LETTERS = st.text(
    alphabet="我们三十八户业主联名，。！\n全体村民签字等7人2019年不想活了法院判决书仲裁委已受理局长受贿请查 a😀《》“”(（",
    max_size=200,
) | st.text(max_size=200)


@given(document=LETTERS, purpose=st.sampled_from(["ACCUSE", "APPEAL", "OTHER"]))
def test_any_text_is_read_and_every_quotation_is_the_documents_own(reader: SignalReader, document: str, purpose: str) -> None:
    for evidence in every_evidence(reader.read(document, purpose=purpose)):
        assert 0 <= evidence.start < evidence.end <= len(document)
        assert document[evidence.start : evidence.end] == evidence.text
        assert (evidence.weight, evidence.field) == (None, "")


def every_evidence(signals: Signals) -> list[Evidence]:
    parts = [
        signals.group.evidence,
        signals.urgency.evidence,
        signals.litigation.evidence,
        *(party.evidence for party in signals.accused),
    ]
    return [evidence for part in parts for evidence in part]
