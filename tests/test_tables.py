"""One data file: shipped or the county's, each fault named with file and row."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import BadDataFile
from classifier.tables import SHIPPED, check_county, joint_digest, open_table, values

COLUMNS = ("code", "name", "name_en")


def write(folder: Path, content: str | bytes, name: str = "domains.csv") -> Path:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def rows(county: Path) -> list[tuple[int, dict[str, str]]]:
    return list(open_table("domains.csv", county, columns=COLUMNS, key=("code",)))


def test_without_a_county_file_the_shipped_one_is_read(tmp_path: Path) -> None:
    assert rows(tmp_path) == list(open_table("domains.csv", columns=COLUMNS))


def test_the_county_file_replaces_the_whole_shipped_one(tmp_path: Path) -> None:
    assert rows(write(tmp_path, "code,name,name_en\nLAND,土地,Land\n")) == [
        (2, {"code": "LAND", "name": "土地", "name_en": "Land"})
    ]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spreadsheet_habits_change_nothing(tmp_path: Path, mark: bytes, end: str) -> None:
    lines = ["code,name,name_en,", " LAND , 土地 ,Land,", ",,,", "DEMO,拆迁,Houses,"]
    assert [(number, row["code"]) for number, row in rows(write(tmp_path, mark + end.join(lines).encode()))] == [
        (2, "LAND"),
        (4, "DEMO"),
    ]


def test_a_row_number_is_the_line_where_the_row_begins(tmp_path: Path) -> None:
    table = rows(write(tmp_path, 'code,name,name_en\nLAND,"土\n地",Land\nDEMO,拆迁,Houses\n'))
    assert [number for number, _ in table] == [2, 4]


def test_a_clerks_own_column_is_kept(tmp_path: Path) -> None:
    ((_, row),) = rows(write(tmp_path, "code,备注,name,name_en\nLAND,去年改名,土地,Land\n"))
    assert row["备注"] == "去年改名"


BAD = {
    "empty file": ("", 1, "empty"),
    "column missing": ("code,name\nLAND,土地\n", 1, "column missing: name_en"),
    "column twice": ("code,name,name_en,name\nLAND,土地,Land,土\n", 1, "column named twice: name"),
    "cell too many": ("code,name,name_en\nLAND,土地,Land,more\n", 2, "4 cells under 3 columns"),
    "cell missing": ("code,name,name_en\nLAND,土地,Land\nDEMO,拆迁\n", 3, "2 cells under 3 columns"),
    "key twice": ("code,name,name_en\nLAND,土地,Land\nDEMO,拆迁,H\nLAND,地,L\n", 4, "LAND is already in row 2"),
    "quotation mark open": ('code,name,name_en\nLAND,土地,Land\nDEMO,"拆迁,H\nX,x,x\n', 3, "quotation mark"),
    "spreadsheet's own encoding": ("code,name,name_en\nLAND,Land,Land\nDEMO,拆迁,H\n".encode("gb18030"), 3, "not UTF-8"),
    "NUL": ("code,name,name_en\nLAND,土\0地,Land\n", 2, "NUL"),
}


@pytest.mark.parametrize(("content", "row", "fault"), BAD.values(), ids=BAD)
def test_a_bad_file_is_named_with_row_and_fault(tmp_path: Path, content: str | bytes, row: int, fault: str) -> None:
    with pytest.raises(BadDataFile) as caught:
        rows(write(tmp_path, content))
    assert (caught.value.file, caught.value.row) == ("domains.csv", row)
    assert fault in caught.value.fault


def test_a_file_that_is_nowhere_is_named() -> None:
    with pytest.raises(BadDataFile, match=r"nowhere\.csv"):
        open_table("nowhere.csv")


def test_a_county_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDataFile, match="not there"):
        check_county(tmp_path / "missing")


def test_a_misspelt_county_file_is_refused_not_ignored(tmp_path: Path) -> None:
    with pytest.raises(BadDataFile, match=r"domans\.csv: replaces no shipped file"):
        check_county(write(tmp_path, "code,name,name_en\n", name="domans.csv"))


def test_the_digest_changes_with_one_letter(tmp_path: Path) -> None:
    shipped = open_table("domains.csv").digest
    same = write(tmp_path, (SHIPPED / "domains.csv").read_bytes())
    assert open_table("domains.csv", same).digest == shipped
    assert open_table("domains.csv", write(tmp_path, "code,name,name_en\nLAND,土地,Land\n")).digest != shipped


def test_a_joint_digest_knows_names_but_not_their_order() -> None:
    assert joint_digest({"a": "1", "b": "2"}) == joint_digest({"b": "2", "a": "1"}) != joint_digest({"a": "2", "b": "1"})


@given(
    st.lists(st.text(alphabet="征地补偿房屋ab ，、", min_size=1).map(str.strip).filter(bool)),
    st.sampled_from(["；", ";", " ; ", "；；"]),
)
def test_values_come_back_from_either_separator(parts: list[str], separator: str) -> None:
    assert values(separator.join(parts)) == tuple(parts)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_only_a_named_fault_is_raised(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    county = write(tmp_path_factory.mktemp("county"), content)
    try:
        found = rows(county)
    except BadDataFile as error:
        assert error.file == "domains.csv"
    else:
        assert all(set(COLUMNS) <= set(row) for _, row in found)
