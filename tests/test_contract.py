"""The misroute contract: a promised rate is kept on new letters, and too little evidence means a person."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.contract import (
    BROKEN,
    EVERYBODY,
    Contract,
    Outcomes,
    betrayal,
    choose_cuts,
    load_contract,
    load_outcomes,
    outcomes_state,
    safe_cut,
    sure_of,
)
from classifier.errors import BadDataFile

CONTRACT = Contract({EVERYBODY: 0.05, "FY": 0.01}, "")


def honest(dice, letters):
    """Letters whose confidence is the chance of being right."""
    confidence = dice.uniform(0.3, 1, letters)
    return confidence, dice.uniform(size=letters) < confidence


def outcomes(*groups):
    """(department, letters, confidence, wrong) groups as one set of outcomes."""
    names, sure, right = [], [], []
    for name, letters, confidence, wrong in groups:
        names += [name] * letters
        sure += [confidence] * letters
        right += [False] * wrong + [True] * (letters - wrong)
    return Outcomes(names, np.array(sure), np.array(right, bool))


def test_too_few_letters_mean_no_cut():
    assert safe_cut(np.full(40, 0.99), np.ones(40, bool), accepted=0.05) is None


def test_a_cut_keeps_the_promised_rate_on_new_letters():
    dice = np.random.default_rng(7)
    kept = given = 0
    for _ in range(40):
        cut = safe_cut(*honest(dice, 2000), accepted=0.1)
        confidence, right = honest(dice, 20000)
        given += cut is not None
        kept += cut is None or (~right[confidence >= cut]).mean() <= 0.1
    assert kept >= 34
    assert given >= 30


def test_the_surest_of_few_letters_are_looked_at_before_the_faint_ones():
    confidence = np.linspace(0.99, 0.3, 130)
    cut = safe_cut(confidence, confidence > 0.5, accepted=0.05)
    assert cut is not None
    assert 0.4 < cut < 0.6


def test_letters_of_one_confidence_are_never_parted():
    assert safe_cut(np.full(1000, 0.9), np.arange(1000) >= 200, accepted=0.05) is None


def test_a_department_with_too_little_evidence_gets_no_cut_beside_one_with_enough():
    cuts = choose_cuts(outcomes(("RSJ", 900, 0.9, 3), ("SFJ", 20, 0.99, 0)), CONTRACT)
    assert cuts["RSJ"] == 0.9
    assert cuts["SFJ"] is None


def test_a_department_that_accepts_less_gets_a_stricter_cut():
    seen = outcomes(("RSJ", 1000, 0.9, 8), ("FY", 1000, 0.9, 20), ("FY", 700, 0.99, 0))
    cuts = choose_cuts(seen, CONTRACT)
    assert cuts["RSJ"] == 0.9
    assert cuts["FY"] == 0.99


def test_no_department_goes_below_what_strangers_letters_ask_of_all():
    seen = outcomes(("RSJ", 1000, 0.95, 1), ("ZJJ", 1000, 0.7, 80), ("SFJ", 1000, 0.7, 5))
    assert choose_cuts(seen, CONTRACT)["SFJ"] == 0.95


def test_a_department_is_as_sure_as_all_categories_that_lead_there():
    leads = {"LABOR.WAGE": "RSJ", "LABOR.INJURY": "RSJ", "LEGAL.COURT": "FY", "LABOR.EMPLOY": "RSJ"}
    chances = [("LABOR.WAGE", 0.5), ("LEGAL.COURT", 0.3), ("LABOR.INJURY", 0.19), ("LABOR.EMPLOY", 0.009)]
    assert sure_of("RSJ", chances, leads.get) == 0.69
    assert sure_of("RSJ", chances[:1], leads.get) == 0.5


def test_outcomes_that_knew_only_the_category_justify_no_cut():
    old = outcomes_state(outcomes(("RSJ", 900, 0.99, 0)))
    old["confidence"] = old.pop("lead_confidence")
    assert choose_cuts(load_outcomes(old), CONTRACT) == {EVERYBODY: None}


def test_outcomes_survive_saving():
    seen = outcomes(("RSJ", 3, 0.5, 1), ("FY", 2, 0.25, 0))
    back = load_outcomes(outcomes_state(seen))
    assert list(back.department) == list(seen.department)
    assert back.confidence.tolist() == seen.confidence.tolist()
    assert back.right.tolist() == seen.right.tolist()


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.01, 0.5))
def test_another_misroute_always_speaks_against_the_contract_and_another_hit_for_it(wrong, right, accepted):
    now = betrayal(wrong, wrong + right, accepted)
    assert betrayal(wrong + 1, wrong + right + 1, accepted) > now - 1e-9
    assert betrayal(wrong, wrong + right + 1, accepted) <= now + 1e-9


def test_a_kept_contract_is_rarely_called_broken_however_often_one_looks():
    dice = np.random.default_rng(3)
    alarms = 0
    for _ in range(200):
        wrong = np.cumsum(dice.uniform(size=300) < 0.05)
        alarms += any(betrayal(int(w), n, 0.05) >= BROKEN for n, w in enumerate(wrong, start=1))
    assert alarms <= 200 * 0.05 + 5


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("department,accepted\n*,0.05\nRSJ,five\n", "contracts.csv:3: accepted 'five' is no share"),
        ("department,accepted\n*,1\n", "contracts.csv:2: accepted '1'"),
        ("department,accepted\n*,0.05\nXYZ,0.02\n", "contracts.csv:3: unknown department 'XYZ'"),
        ("department,accepted\nRSJ,0.05\n", "contracts.csv: no row for \\*"),
    ],
)
def test_a_bad_contract_names_row_and_fault(tmp_path, content, fault):
    (tmp_path / "contracts.csv").write_text(content, encoding="utf-8")
    with pytest.raises(BadDataFile, match=fault):
        load_contract({"RSJ": object()}, tmp_path)
