"""Intake: one letter in, one filing out, replayable to the byte."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from classifier.assess import Assessor, load_assessor
from classifier.errors import Conflict
from classifier.letter import Letter, assessment_json
from service.database import open_database
from service.grouping import Grouping
from service.intake import REHEARSED, input_digest, keep, new_id, prepare, rehearse
from service.storage import open_case

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LETTER = Letter("a", "包工头拖欠工资，请求讨要。", title="欠薪", received_at="2026-11-20T09:30", place="和平县")


def test_a_filing_names_all_that_replaying_needs_and_replays_to_the_same_bytes(assessor: Assessor, grouping: Grouping) -> None:
    filing = prepare(LETTER, assessor, grouping, NOON)
    made = filing.provenance
    assert (made.model, made.taxonomy_digest) == (assessor.version, assessor.taxonomy.digest)
    assert made.rules_digest == assessor.rules_digest
    assert made.input_sha256 == input_digest(LETTER)
    today = datetime.fromisoformat(made.assessed_on).date()
    assert assessment_json(assessor.assess(filing.letter, today=today)) == filing.json


def test_the_day_is_chinas_day(assessor: Assessor, grouping: Grouping) -> None:
    assert (
        prepare(Letter("c", "征地"), assessor, grouping, datetime(2026, 11, 22, 16, 1, tzinfo=UTC)).provenance.assessed_on
        == "2026-11-23"
    )


def test_the_clocks_run_from_the_day_a_letter_was_received_but_never_from_a_day_to_come(
    assessor: Assessor, grouping: Grouping
) -> None:
    assert prepare(LETTER, assessor, grouping, NOON).provenance.assessed_on == "2026-11-20"
    early = Letter("d", "征地", received_at="2027-01-01")
    assert prepare(early, assessor, grouping, NOON).provenance.assessed_on == "2026-11-22"


def test_a_letter_without_a_time_was_received_now(assessor: Assessor, grouping: Grouping) -> None:
    assert prepare(Letter("b", "征地"), assessor, grouping, NOON).received == "2026-11-22T12:00:00.000000Z"
    assert prepare(LETTER, assessor, grouping, NOON).received == "2026-11-20T01:30:00.000000Z"


def test_ids_sort_by_time() -> None:
    moments = [datetime(year, 11, 22, tzinfo=UTC) for year in (1970, 2000, 2026, 2100)]
    ids = [new_id(moment) for moment in moments]
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {26}


@pytest.mark.parametrize("change", [{"title": "x"}, {"text": "x"}, {"sender": "x"}, {"place": None}])
def test_every_field_counts_in_the_digest(change: dict[str, str | None]) -> None:
    fields = {name: getattr(LETTER, name) for name in Letter.__struct_fields__}
    assert input_digest(Letter(**(fields | change))) != input_digest(LETTER)


def test_keeping_twice_is_one_letter_and_another_under_its_id_a_conflict(
    tmp_path: Path, assessor: Assessor, grouping: Grouping
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'fenxin.db'}")

    def store(letter: Letter) -> int:
        return keep(
            prepare(letter, assessor, grouping, NOON),
            database=database,
            grouping=grouping,
            ticket=None,
            present=lambda case, _: case.json,
        ).status

    assert (store(LETTER), store(LETTER)) == (201, 200)
    with pytest.raises(Conflict):
        store(Letter("a", "另一封信"))
    with database.reading() as connection:
        assert open_case(connection, "a", restricted=False).letter == LETTER
    database.close()


def test_a_rehearsal_leaves_nothing_in_the_store(tmp_path: Path, assessor: Assessor, grouping: Grouping) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'fenxin.db'}")
    rehearse(assessor, database, grouping, NOON)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM letter")).scalar() == 0
    database.close()


def test_the_rehearsal_meets_a_letter_of_two_matters_and_two_letters_of_one():
    shipped = load_assessor(Path(__file__).parent.parent / "models")
    matters = [[one.category for one in shipped.assess(Letter("r", text, "咨询"), today=NOON.date()).matters] for text in REHEARSED]
    assert 2 in map(len, matters)
    assert matters[-1] == matters[-2]
