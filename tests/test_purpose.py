"""What a letter wants: cues by place, officials beside wrongs, accusations by definition, quoted words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.assess import Assessor
from classifier.compiled import compile_model, load_state
from classifier.corpus import LabelledLetter
from classifier.errors import BadDataFile
from classifier.letter import Letter
from classifier.purpose import TOGETHER, cue_reader, decide, load_cues, quoted
from classifier.text import read

TODAY = date(2026, 11, 23)
CUES = load_cues()
READER = cue_reader(CUES)
PAIRS_FROM = 3 * len(CUES) + 3


def numbers(title: str, text: str) -> dict[str, float]:
    row, _ = READER.row(read(f"{title}\n{text}"))
    named = {f"{cue}.{where}": row[3 * at + k] for at, cue in enumerate(CUES) for k, where in enumerate(("title", "text", "end"))}
    further = {f"{some}+{other}": row[PAIRS_FROM + 2 * at] for at, (some, other) in enumerate(TOGETHER)}
    titled = {f"{some}+{other}.title": row[PAIRS_FROM + 2 * at + 1] for at, (some, other) in enumerate(TOGETHER)}
    asked = dict(zip(("questions", "asks_at_end", "asks_in_title"), row[3 * len(CUES) :], strict=False))
    return {name: float(number) for name, number in (named | further | titled | asked).items()}


def test_a_cue_is_told_by_where_it_stands():
    found = numbers("建议增设站台", "公交车太少。" * 20 + "请问何时能通？")
    assert found["suggest.title"] == 1 and found["suggest.text"] == 0
    assert found["ask.end"] == 1 and found["ask.title"] == 0
    assert found["asks_at_end"] == 1 and found["asks_in_title"] == 0


def test_an_official_and_a_wrong_count_together_only_in_one_sentence():
    assert numbers("", "所长收了红包。")["office+gain"] > 0
    assert numbers("", "所长来过。老板收了红包。")["office+gain"] == 0
    assert numbers("举报所长受贿", "请查")["office+gain.title"] == 1


def test_words_inside_words_count_once():
    reader = cue_reader({"pay": ["拖欠", "拖欠工资", "工资"]})
    row, places = reader.row(read("\n拖欠工资"))
    assert row[1] == pytest.approx(1 / 3)
    assert places.tolist() == [[1, 5]]


def test_misconduct_in_office_that_asks_for_redress_is_an_accusation():
    classes = ["ACCUSE", "APPEAL", "CONSULT"]
    assert decide(classes, [0.02, 0.9, 0.08], "DISCIP.CORRUPT")[0] == "ACCUSE"
    assert decide(classes, [0.02, 0.9, 0.08], "DISCIP.APPEAL")[0] == "APPEAL"
    assert decide(classes, [0.02, 0.18, 0.8], "DISCIP.CORRUPT")[0] == "CONSULT"
    assert decide(classes, [0.31, 0.6, 0.09], "URBAN.PLAN") == ("ACCUSE", 0.31)


@given(st.text(alphabet=st.sampled_from("请问建议所长收了红包？。\n 举报a1"), max_size=60), st.text(max_size=20))
def test_any_text_gives_numbers_from_0_to_1_and_places_inside_it(text: str, title: str):
    reading = read(f"{title.splitlines()[0] if title.splitlines() else ''}\n{text}")
    row, places = READER.row(reading)
    assert len(row) == READER.width
    assert (row >= 0).all() and (row <= 1).all()
    assert places.max() <= len(reading.text)


def test_quoted_cues_are_those_that_pulled_towards():
    reader = cue_reader({"ask": ["请问"], "plea": ["恳请"]})
    row, places = reader.row(read("\n恳请解答，请问何时"))
    weights = np.zeros(reader.width, np.float32)
    weights[[1, 4]] = 2.0, -1.0
    assert quoted(weights, row, places) == [(6, 8, 0.667)]


def test_the_purpose_quotes_words_of_the_letter_as_sent(assessor: Assessor):
    letter = Letter("1", "請　問失地農民的社保怎麼辦理，需要什麼手續？", "諮詢失地社保")
    purpose = assessor.assess(letter, today=TODAY).purpose
    assert purpose.evidence
    for one in purpose.evidence:
        assert getattr(letter, one.field)[one.start : one.end] == one.text


@pytest.mark.parametrize("title", ["举报城管队长收钱", "实名举报国土所所长受贿"])
def test_a_plain_accusation_is_one(assessor: Assessor, title: str):
    answer = assessor.assess(Letter("1", "他每个月收商户的红包，不给就罚。有转账记录为证，请纪委查处。", title), today=TODAY)
    assert answer.purpose.value == "ACCUSE"
    assert "restricted" in answer.doubts


def test_a_model_from_before_cues_still_answers(letters: list[LabelledLetter]):
    from classifier.features import LetterTerms
    from classifier.model import CalibratedLinear

    chosen = [letter for letter in letters if letter.in_scope][::6]
    terms = LetterTerms(max_terms=300).fit([x.document for x in chosen], [x.category for x in chosen])
    rows = terms.transform([x.document for x in chosen])
    head = CalibratedLinear(folds=2, max_iter=10).fit(rows, [x.purpose for x in chosen])
    state = compile_model(terms, {"purpose": head})
    assert load_state(state).hearing is None
    state.pop("cues")
    assert load_state(state).hearing is None


def test_cues_without_words_name_file_and_row(tmp_path: Path):
    file = tmp_path / "purpose_cues.txt"
    file.write_text("ask 请问\nmay\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match=r"purpose_cues\.txt.*2.*may"):
        load_cues(file)
    file.write_text("ask 请问\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match="cue missing"):
        load_cues(file)


def test_what_cues_come_to_is_their_rows_times_the_weights(assessor: Assessor):
    model, reading = assessor.model, read("咨询失地社保\n请问失地农民的社保怎么办理？建议尽快公布。")
    assert model.hearing is not None
    cues, _ = model.hearing.reader.row(reading)
    ends = np.array([len(reading.text)], np.int64)
    columns = model.heads["purpose"].columns
    more = model.read(reading, ends, cues).scores[columns] - model.read(reading, ends).scores[columns]
    assert np.allclose(more, model.hearing.weights @ cues, atol=1e-5)
    assert (more != 0).any()
