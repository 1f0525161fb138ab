"""The README's few figures, taken from the same run as ``docs/benchmarks.md``."""

from __future__ import annotations

from benchmarks.figures import Figures
from benchmarks.report import table


def readme_table(figures: Figures) -> str:
    """How right, how sure and how fast, beside the textbook pipeline of the same run; every part must have been taken."""
    quality, race, batch = figures.quality, figures.race, figures.throughput
    if quality is None or race is None or batch is None:
        raise ValueError("only a whole run has all figures of the README")
    textbook, ours = quality.peers[-2].scores, quality.peers[-1].scores
    return table(
        ["", "Fenxin", "jieba + TF-IDF + regression"],
        [
            ["category right", ours.at_1, textbook.at_1],
            ["right category among the best three", ours.at_3, textbook.at_3],
            ["sent alone if a department accepts 5 % misrouted", quality.contract.alone, None],
            ["… of these misrouted", quality.contract.alone_misrouted, None],
            ["one letter, median µs (ours: the whole assessment)", round(race.ours.median_us), round(race.textbook.median_us)],
            ["letters a second and core, from a file", round(batch.ours), round(batch.textbook)],
        ],
    )
