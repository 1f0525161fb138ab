"""Division codes come from the county's table and are told only where the letter leaves no doubt."""

from pathlib import Path

import pytest

from classifier.divisions import load_divisions
from classifier.elements import read_elements
from classifier.errors import BadDataFile
from classifier.letter import Letter, Signals
from classifier.naming import load_naming

HEAD = "code,names,note\n"
TOWNS = "990121101,龙潭镇；龙潭,\n990121102,柳溪镇,\n990121101203,幸福村,\n990121102207,幸福村,\n990121102208,柳溪村,\n"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    (tmp_path / "divisions.csv").write_text(HEAD + TOWNS, encoding="utf-8")
    return tmp_path


def codes(county: Path, text: str) -> list[tuple[str, str]]:
    found = read_elements(Letter("1", text), Signals(), [], load_naming(county)).divisions
    return [(one.code, one.evidence.text) for one in found]


def test_a_village_of_a_common_name_is_told_where_its_town_is_named(county: Path) -> None:
    assert codes(county, "龙潭镇幸福村没有通水。") == [("990121101", "龙潭镇"), ("990121101203", "幸福村")]


def test_a_village_of_a_common_name_alone_is_not_guessed(county: Path) -> None:
    assert codes(county, "幸福村没有通水。") == []


def test_the_longest_name_counts_and_each_division_once(county: Path) -> None:
    assert codes(county, "柳溪村的路，柳溪村修了十年；龙潭也一样。") == [("990121102208", "柳溪村"), ("990121101", "龙潭")]


@pytest.mark.parametrize("code", ["9901", "99012110", "099012", "9.9E+11", "九九零一二一"])
def test_a_code_that_is_none_names_file_and_row(tmp_path: Path, code: str) -> None:
    (tmp_path / "divisions.csv").write_text(f"{HEAD}990121101,龙潭镇,\n{code},柳溪镇,\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match=r"divisions\.csv:3: .*6, 9 or 12 digits"):
        load_divisions(tmp_path)


def test_a_table_without_rows_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "divisions.csv").write_text(HEAD, encoding="utf-8")
    assert load_divisions(tmp_path).find("湖南省") == []
