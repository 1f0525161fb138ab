"""Rows of routing.csv: what they ask for, which one wins, and which are refused."""

from datetime import date
from pathlib import Path

import pytest

from classifier.errors import BadDataFile
from classifier.letter import GroupLevel, GroupSignal, Route, Signals, UrgencyLevel, UrgencySignal
from classifier.routing import Router, load_router
from classifier.tables import SHIPPED
from classifier.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
HEADER, *SHIPPED_ROWS = (SHIPPED / "routing.csv").read_text(encoding="utf-8").splitlines()


def route(category: str, text: str = "", *, signals: Signals | None = None, place: str | None = None, by: Router) -> Route:
    return by.route(
        category, text=text, place=place, purpose="APPEAL", signals=signals or Signals(), received_on=date(2026, 11, 23)
    )


def county_router(folder: Path, *first: str) -> Router:
    """A router whose county put these rows above the shipped ones."""
    (folder / "routing.csv").write_text("\n".join([HEADER, *first, *SHIPPED_ROWS]) + "\n", encoding="utf-8")
    return load_router(TAXONOMY, folder)


def test_the_first_matching_row_wins(tmp_path: Path) -> None:
    router = county_router(tmp_path, "LAND.*,乙镇,urgency=R0|R1 & group=likely,塌方；滑坡,YJJ,XZ,县里的做法,县规定")
    urgent = Signals(group=GroupSignal(GroupLevel.LIKELY), urgency=UrgencySignal(UrgencyLevel.R1))
    assert route("LAND.GEOHAZ", "屋后滑坡", signals=urgent, place="甲县乙镇", by=router).rule == "routing.csv:2"
    for text, signals, place in [
        ("屋后滑坡", urgent, "甲县丁镇"),
        ("屋后滑坡", Signals(), "甲县乙镇"),
        ("补偿太低", urgent, "甲县乙镇"),
    ]:
        assert route("LAND.GEOHAZ", text, signals=signals, place=place, by=router).lead == "ZRZY"
    assert route("DEMO.RURAL", "屋后滑坡", signals=urgent, place="甲县乙镇", by=router).lead == "ZRZY"


def test_a_row_may_ask_whether_the_letter_is_anonymous(tmp_path: Path) -> None:
    router = county_router(tmp_path, "RURAL.VILLAGE,,anonymous,,NYNC,XZ,,", "RURAL.VILLAGE,,anonymous=no & group=none,,MZJ,XZ,,")
    assert route("RURAL.VILLAGE", signals=Signals(anonymous=True), by=router).lead == "NYNC"
    assert route("RURAL.VILLAGE", by=router).lead == "MZJ"


def test_a_countys_new_category_falls_to_the_catch_all(tmp_path: Path) -> None:
    categories = (SHIPPED / "categories.csv").read_text(encoding="utf-8")
    new = "LAND.SEA,LAND,海域使用,Sea,养殖用海,海域被占,normal,,,RECONSIDER；PETITION,县规定\n"
    (tmp_path / "categories.csv").write_text(categories + new, encoding="utf-8")
    router = load_router(load_taxonomy(tmp_path), tmp_path)
    assert route("LAND.SEA", by=router).lead == "XFJ"


def test_the_digest_follows_the_rows(tmp_path: Path) -> None:
    assert county_router(tmp_path).digest == load_router(TAXONOMY).digest
    assert county_router(tmp_path, "LAND.*,乙镇,,,XZ,,,").digest != load_router(TAXONOMY).digest


BAD = {
    "unknown category": ("LAND.MOON,,,,XFJ,,,", "unknown category 'LAND.MOON'"),
    "unknown domain": ("MOON.*,,,,XFJ,,,", "unknown category 'MOON.*'"),
    "no category": (",,,,XFJ,,,", "column category is empty"),
    "no lead": ("LAND.EXPROP,,,地,,XZ,,", "column lead is empty"),
    "unknown lead": ("LAND.EXPROP,,,地,MOON,,,", "unknown department 'MOON'"),
    "unknown helper": ("LAND.EXPROP,,,地,XFJ,XZ；MOON,,", "unknown department 'MOON'"),
    "helper is the lead": ("LAND.EXPROP,,,地,XFJ,XFJ,,", "stands twice"),
    "unknown signal": ("LAND.EXPROP,,mood=angry,,XFJ,,,", "unknown signal"),
    "unknown value": ("LAND.EXPROP,,urgency=R9,,XFJ,,,", "unknown value of urgency"),
    "value left out": ("LAND.EXPROP,,purpose,,XFJ,,,", "unknown value of purpose"),
    "condition left out": ("LAND.EXPROP,,purpose=APPEAL&,,XFJ,,,", "unknown signal"),
}


@pytest.mark.parametrize(("line", "fault"), BAD.values(), ids=BAD)
def test_a_bad_row_names_file_row_and_fault(tmp_path: Path, line: str, fault: str) -> None:
    with pytest.raises(BadDataFile) as caught:
        county_router(tmp_path, line)
    assert (caught.value.file, caught.value.row) == ("routing.csv", 2)
    assert fault in caught.value.fault


def test_a_row_that_can_never_match_is_refused(tmp_path: Path) -> None:
    number = next(n for n, row in enumerate(SHIPPED_ROWS, 2) if row.startswith("SAFETY.HAZARD,"))
    with pytest.raises(BadDataFile, match=f"routing.csv:{number + 1}: can never match"):
        county_router(tmp_path, "SAFETY.HAZARD,,,,YJJ,,,")


def test_a_category_without_a_last_row_is_refused(tmp_path: Path) -> None:
    rows = [row for row in SHIPPED_ROWS if not row.startswith(("*,,,,", "LABOR.WAGE,,,,"))]
    (tmp_path / "routing.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    with pytest.raises(BadDataFile, match=r"LABOR\.WAGE has no row without conditions"):
        load_router(TAXONOMY, tmp_path)
