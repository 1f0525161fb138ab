"""The committed training letters: enough of every category, valid columns, no twins, nothing that points to a person."""

from __future__ import annotations

import json
import re
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from classifier.corpus import OUT_OF_SCOPE_FILE, LabelledLetter, read_labelled
from classifier.letter import GroupLevel, Purpose, UrgencyLevel
from classifier.taxonomy import load_taxonomy

REPOSITORY = Path(__file__).parent.parent
TRAINING_DATA = REPOSITORY / "training_data"
CHANNELS = {"web", "app", "paper", "call", "visit"}
COLUMNS = [
    *("id", "category", "second", "purpose", "group", "petitioner_count", "affected_count", "urgency"),
    *("channel", "voice", "origin", "title", "text"),
]
FEWEST_LETTERS, FEWEST_OUT_OF_SCOPE = 60, 200

check = runpy.run_path(str(REPOSITORY / "benchmarks" / "letters_check.py"))


@pytest.fixture(scope="module")
def letters() -> list[LabelledLetter]:
    return read_labelled([TRAINING_DATA])


@pytest.fixture(scope="module")
def petitions() -> list[tuple[str, dict[str, Any]]]:
    """Every record but those out of scope, with its file and row."""
    return [
        (f"{file.name}:{row}", json.loads(line))
        for file in sorted(TRAINING_DATA.glob("*.jsonl"))
        if file.name != OUT_OF_SCOPE_FILE
        for row, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1)
        if line
    ]


def test_every_category_has_enough_letters(letters):
    counts = Counter(letter.category for letter in letters if letter.in_scope)
    short = {code: counts[code] for code in load_taxonomy().categories if counts[code] < FEWEST_LETTERS}
    assert not short


def test_there_are_enough_texts_that_are_no_petition(letters):
    assert sum(not letter.in_scope for letter in letters) >= FEWEST_OUT_OF_SCOPE


def test_ids_are_unique(letters):
    assert [id for id, n in Counter(letter.id for letter in letters).items() if n > 1] == []


def test_every_letter_has_the_columns_of_the_readme_in_that_order(petitions):
    assert [where for where, record in petitions if list(record) != COLUMNS] == []


def test_every_value_is_an_allowed_one(petitions):
    categories = set(load_taxonomy().categories)
    allowed = {
        "category": categories,
        "second": categories | {""},
        "purpose": set(Purpose),
        "group": set(GroupLevel),
        "urgency": set(UrgencyLevel),
        "channel": CHANNELS,
    }
    assert [(where, key) for where, record in petitions for key in allowed if record[key] not in allowed[key]] == []


def test_counts_of_people_are_positive_or_unknown(petitions):
    keys = ("petitioner_count", "affected_count")
    assert [where for where, record in petitions for key in keys if record[key] is not None and record[key] < 1] == []


def test_a_second_matter_is_another_one(petitions):
    assert [where for where, record in petitions if record["second"] == record["category"]] == []


def test_only_letters_about_officials_accuse(petitions):
    accusing = {record["category"].split(".")[0] for _, record in petitions if record["purpose"] == Purpose.ACCUSE}
    assert accusing == {"DISCIP"}


def test_a_letter_lies_in_the_file_of_its_domain(petitions):
    assert [where for where, record in petitions if record["category"].split(".")[0].lower() != where.split(".")[0]] == []


def test_no_two_letters_are_near_duplicates(letters):
    assert check["near_duplicates"](letters) == []


def test_no_letter_holds_a_phone_number_id_number_place_mask_or_mail_address(letters):
    assert check["traces"](letters) == []


def test_the_readme_names_every_column_and_value():
    readme = (TRAINING_DATA / "README.md").read_text(encoding="utf-8")
    words = {*COLUMNS, "kind", *CHANNELS, *Purpose, *GroupLevel, *UrgencyLevel}
    assert [word for word in sorted(words) if f"`{word}`" not in readme] == []


def test_the_readmes_rules_lead_to_categories_of_the_taxonomy():
    readme = (TRAINING_DATA / "README.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"`([A-Z]+\.[A-Z]+)`", readme))
    assert len(codes) > 20
    assert codes <= set(load_taxonomy().categories)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("电话139" + "0" * 8, "phone"),
        ("请打０７３１－８８２２３３４４", "phone"),
        ("身份证" + "9" * 6 + "19000101" + "9999", "id_number"),
        ("我住在A市", "place_mask"),
        ("K3县那条路", "place_mask"),
        ("写信到 wang@example.com", "mail_address"),
    ],
)
def test_each_kind_of_trace_is_found(text, kind):
    assert check["traces"]([LabelledLetter(title="", text=text, category="LAND.EXPROP", id="x")]) == [("x", kind)]


def test_invented_phones_and_stair_letters_are_no_trace():
    innocent = "电话13800000000，3栋B单元，C1驾照，2021年5月1日，1400元"
    assert check["traces"]([LabelledLetter(title="", text=innocent, category="LAND.EXPROP")]) == []


def test_twins_are_found_and_strangers_are_not():
    texts = {
        "one": "青石巷的路灯坏了半个月，晚上接孩子看不见路，请来人修。",
        "twin": "青石巷的路灯坏了两个月，晚上接孩子看不见路，请来人修一下。",
        "other": "砖厂欠我们八个人的工钱，老板说等过了年再给。",
    }
    letters = [LabelledLetter(title="", text=text, category="URBAN.CITYMGMT", id=id) for id, text in texts.items()]
    assert [pair[:2] for pair in check["near_duplicates"](letters)] == [("one", "twin")]


def test_a_long_shared_run_is_found_across_commas_but_fixed_wording_is_not():
    ours = LabelledLetter(title="", text="修路把我家门口的老槐树，连根刨了没人管", category="URBAN.CITYMGMT", id="1")
    real = ["来信人说修路把我家门口的老槐树连根刨了，请问"]
    assert [(s.id, s.length) for s in check["shared_with_real"]([ours], real)] == [("1", 15)]
    assert check["shared_with_real"]([ours], real, ["门口的老槐树"]) == []


def test_the_check_says_so_when_something_must_be_repaired(tmp_path, capsys):
    bad = {"id": "LAND.EXPROP-1", "category": "LAND.EXPROP", "text": "有事打139" + "0" * 8}
    (tmp_path / "land.jsonl").write_text(json.dumps(bad), encoding="utf-8")
    out = tmp_path / "out" / "check.json"
    assert check["main"](["--letters", str(tmp_path), "--out", str(out)]) == 1
    assert "LAND.EXPROP-1 phone" in capsys.readouterr().out
    assert json.loads(out.read_bytes())["traces"] == [["LAND.EXPROP-1", "phone"]]
