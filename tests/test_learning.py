"""The learning benchmark's own arithmetic: contenders learn, curves are drawn; no real letter is needed."""

from __future__ import annotations

import xml.etree.ElementTree as xml

import pytest

from benchmarks import plots
from benchmarks.contenders import CONTENDERS
from benchmarks.learning import draw, first_levels
from benchmarks.report import learning_tables
from classifier.corpus import LabelledLetter

LETTERS = [LabelledLetter("讨薪", f"包工头拖欠工资{'很' * n}久，工人没有钱", "劳动") for n in range(1, 9)] + [
    LabelledLetter("征地", f"村里征地，补偿款{'很' * n}久没发，农民没有地", "国土") for n in range(1, 9)
]
FIGURES = {
    "labels": [
        {"name": "x", "macro_f1": 0.9, "accuracy": 0.9, "letters_a_second": 10.0, "median_ms": 1.0, "memory_mb": 1.0,
         "model_mb": 1.0, "training_s": 1.0}
    ],
    "growth": [{"letters": n, "scores": {"at 1": 0.5}} for n in (10, 20)],
    "corrections": {"at random": [{"letters": n, "scores": {"macro-F1": 0.8}} for n in (0, 50)]},
}  # fmt: skip


@pytest.mark.parametrize("name", [n for n in CONTENDERS if not n.startswith(("fastText", "THUCTC", "Signalen", "Fenxin"))])
def test_every_contender_learns_two_labels(name):
    contender = CONTENDERS[name]()
    contender.fit(LETTERS)
    assert contender.predict(["拖欠工资", "征地补偿"]) == ["劳动", "国土"]
    assert contender.size() > 0


def test_a_category_takes_the_first_level_it_stands_under_most_often():
    levels = first_levels({"劳动和社会保障", "城乡建设"})
    assert levels["LABOR.WAGE"] == "劳动和社会保障"
    assert set(levels.values()) <= {"劳动和社会保障", "城乡建设"}


def test_the_plots_are_well_formed_and_the_tables_complete():
    for drawing in draw(FIGURES).values():
        assert xml.fromstring(drawing).tag.endswith("svg")
    assert set(learning_tables(FIGURES)) == {"labels", "growth", "corrections"}
    assert "0.900" in learning_tables(FIGURES)["labels"]


def test_marks_of_orders_of_magnitude_lie_apart_alike():
    scale = plots.Scale(0, 99, 0, 100, log=True)
    assert scale.at(9) == 50
