"""A preview names the letters that would move and counts them by department."""

from __future__ import annotations

from datetime import date

from classifier.assess import Assessor
from classifier.letter import Letter
from classifier.preview import moves

DAY = date(2026, 11, 22)
LETTERS = [
    (Letter("1", "包工头拖欠我们农民工工资半年，工地停工，老板跑路了，要求支付工资"), DAY),
    (Letter("2", "村里征地没有公告，征地补偿款一直没有到位，请求依法补偿"), DAY),
]


def test_the_same_model_moves_nothing(assessor: Assessor):
    preview = moves(assessor, assessor, LETTERS)
    assert preview.letters == 2
    assert preview.moved == ()
    assert all(shift.gained == shift.lost == 0 for shift in preview.departments)


def test_another_cut_moves_the_disposition_and_not_the_department(assessor: Assessor):
    shut = assessor.with_cuts({code: None for code in assessor.cuts})
    open_ = assessor.with_cuts({code: 0.0 for code in assessor.cuts})
    preview = moves(open_, shut, LETTERS)
    alone = [move for move in preview.moved if move.before.disposition == "auto"]
    assert alone
    assert {move.after.disposition for move in alone} == {"review"}
    assert all(move.before.department == move.after.department for move in preview.moved)
    assert sum(shift.auto_before - shift.auto_after for shift in preview.departments) == len(alone)
    assert sum(shift.before for shift in preview.departments) == sum(shift.after for shift in preview.departments) == 2
