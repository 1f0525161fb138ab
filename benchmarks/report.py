"""Figures as Markdown tables: printed, and written between the markers of ``docs/benchmarks.md``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.accuracy import Alone, Scope
from benchmarks.contract import Kept, Risk
from benchmarks.faithfulness import Change, Reasons
from benchmarks.figures import Figures, Quality
from benchmarks.serving import Serving
from benchmarks.signals import Found
from benchmarks.speed import Pace, Race
from benchmarks.throughput import Throughput
from classifier.errors import BadDataFile
from classifier.evaluation import Scorecard

END = "<!-- end generated -->"
Cell = str | int | float | None


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A Markdown table; shares (float) with three digits, None and NaN as a dash.

    >>> print(table(["score", "value"], [["at 1", 0.5], ["letters", 1200], ["none", None]]))
    | score | value |
    |---|---:|
    | at 1 | 0.500 |
    | letters | 1,200 |
    | none | – |
    """
    lines = [list(header), *([_cell(cell) for cell in row] for row in rows)]
    head, *body = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([head, "|---|" + "---:|" * (len(header) - 1), *body])


def _cell(cell: Cell) -> str:
    if cell is None or cell != cell:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.3f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def regions(figures: Figures) -> dict[str, str]:
    """The text of each generated region by its name; parts that were left out are missing."""
    found = {"machine": machine_text(figures)}
    if figures.quality:
        found |= quality_tables(figures.quality)
    if figures.reasons:
        found["reasons"] = reasons_text(figures.reasons)
    if figures.race:
        found["speed"] = race_table(figures.race)
    if figures.throughput:
        found["throughput"] = throughput_table(figures.throughput)
    if figures.stages:
        found["stages"] = table(["stage", "median µs"], [[stage, f"{us:,.1f}"] for stage, us in figures.stages.items()])
    if figures.serving:
        found["serving"] = serving_table(figures.serving)
    return found


def machine_text(figures: Figures) -> str:
    """The machine and the model, a line each."""
    m, model = figures.machine, figures.model
    libraries = ", ".join(f"{name} {number}" for name, number in m.libraries.items())
    return "\n".join(
        [
            f"- Machine: {m.cores} cores, {m.processor}, {m.memory_gb} GB memory, {m.system}; load of the minute before: {m.busy}.",
            f"- Python {m.python}; {libraries}.",
            f"- Model {model['version']}: {model['terms']:,} terms, learnt from {model['letters']:,} written letters and"
            f" {model['out_of_scope']:,} texts that are no petition (fingerprint `{model['fingerprint'][:16]}…`).",
        ]
    )


def reliability_text(quality: Quality) -> str:
    """The table of confidence and truth, and what the calibration error of a perfectly honest model would be on as many letters."""
    rows = [[f"{r.low:.2f}–{r.high:.2f}", r.letters, r.confidence, r.right] for r in quality.reliability]
    mean, seldom = quality.honest_error
    chance = f"A model whose every confidence is true would show {mean:.3f} on average, and more than {seldom:.3f} once in twenty."
    return f"{table(['confidence', 'letters', 'mean confidence', 'right'], rows)}\n\n{chance}"


def quality_tables(quality: Quality) -> dict[str, str]:
    """The tables about being right."""
    header = ["", "letters", "at 1", "at 3", "domain", "macro-F1", "calibration error"]
    return {
        "peers": table(header, [[p.name, *_scores(p.scores, calibrated=p.calibrated)] for p in quality.peers]),
        "certainty": table(header, [[name, *_scores(scores)] for name, scores in quality.certainty.items()]),
        "reliability": reliability_text(quality),
        "core-four": table(
            ["matter", "letters", "recall at 1", "recall at 3"], [[c.matter, c.letters, c.at_1, c.at_3] for c in quality.core]
        ),
        "hardness": table(
            ["noise", "letters", "at 1", "at 3", "lost at 1"],
            [[h.noise, h.letters, h.at_1, h.at_3, h.lost] for h in quality.hardness],
        ),
        "misleading": table(header, [[p.name, *_scores(p.scores, calibrated=p.calibrated)] for p in quality.misleading]),
        "alone": alone_text(quality.alone, quality.scope),
        "contract": contract_text(quality.contract, quality.risk),
        "purpose": purpose_text(quality),
        "further-matters": _found_table("second matter", quality.further),
        "signals": _found_table("signal", quality.signals),
        "written": _found_table("signal", quality.written),
        "alerts": table(["urgency", "letters"], list(quality.urgencies.items())),
    }


def purpose_text(quality: Quality) -> str:
    """The purposes of the gold letters and those of the written set of accusations."""
    return "\n\n".join(
        [
            f"Purpose right: {quality.purpose:.3f}; macro-F1 without OTHER: {quality.purpose_macro_f1:.3f}.",
            _found_table("purpose", quality.purposes),
            "The written set of accusations and their look-alikes (`tests/data/signals/accusation.jsonl`):",
            _found_table("purpose", quality.accusations),
        ]
    )


def _scores(s: Scorecard, *, calibrated: bool = True) -> list[Cell]:
    return [s.letters, s.at_1, s.at_3, s.domain, s.macro_f1, s.calibration_error if calibrated else None]


def _found_table(what: str, found: Sequence[Found]) -> str:
    rows = [[f.what, f.letters, f.said, f.both, f.precision, f.recall] for f in found]
    return table([what, "letters", "said", "both", "precision", "recall"], rows)


def learning_tables(figures: dict[str, Any]) -> dict[str, str]:
    """The tables of ``learning.json``, by region; parts that were never run are missing."""
    found = {}
    if outside := figures.get("scope"):
        found["scope"] = table(list(outside[0]), [list(row.values()) for row in outside])
    if learners := figures.get("labels"):
        header = ["", "macro-F1", "accuracy", "letters/s", "one letter, ms", "memory, MB", "model, MB", "training, s"]
        rows = [
            [r["name"], r["macro_f1"], r["accuracy"], f"{r['letters_a_second']:,.0f}", f"{r['median_ms']:.2f}"]
            + [f"{r[key]:,.1f}" for key in ("memory_mb", "model_mb", "training_s")]
            for r in learners
        ]
        found["labels"] = table(header, rows)
    if steps := figures.get("growth"):
        names = list(steps[0]["scores"])
        found["growth"] = table(["letters a category", *names], [[str(s["letters"]), *s["scores"].values()] for s in steps])
    if curves := figures.get("corrections"):
        rows = [[name, s["letters"], *s["scores"].values()] for name, steps in curves.items() for s in steps]
        found["corrections"] = table(["chosen", "corrected letters", "macro-F1"], rows)
    return found


def alone_text(alone: Alone, scope: Scope) -> str:
    """What goes out without a person, why the others do not, and what is no petition."""
    reasons: list[list[Cell]] = [[f"letters with the doubt `{name}`", number] for name, number in alone.doubts.items()]
    rows: list[list[Cell]] = [
        ["letters routed alone", alone.letters],
        ["… share of all", alone.share],
        ["… of these with a wrong category", alone.wrong_category],
        ["… of these with another lead than the readers'", alone.wrong_lead],
        *reasons,
        ["petitions doubted to be one", scope.petitions_doubted],
        [
            "written petitions against other written texts, AUROC, training run",
            "not recorded by it" if scope.auroc is None else scope.auroc,
        ],
    ]
    return table(["", "value"], rows)


def contract_text(kept: Kept, curve: Sequence[Risk]) -> str:
    """Whether the misroute contract was kept, and the curve of risk over coverage."""
    rows: list[list[Cell]] = [
        ["misroute rate accepted", kept.accepted],
        ["letters above their department's cut, share of all", kept.covered],
        ["… of these led to a wrong department", kept.misrouted],
        ["letters without any other doubt either, routed alone", kept.alone],
        ["… of these led to a wrong department", kept.alone_misrouted],
        ["departments in the contract", kept.departments],
        ["… of these without a cut: too little is known", len(kept.without_cut)],
    ]
    risks = table(
        ["surest letters", "confidence from", "misrouted"], [[f"{r.coverage:.0%}", r.confidence, r.misrouted] for r in curve]
    )
    return f"{table(['', 'value'], rows)}\n\n{risks}"


def reasons_text(reasons: Reasons) -> str:
    """Whether quotations carry the answer, and how near the nearest training letters are."""

    def rows(changes: Sequence[Change]) -> list[list[Cell]]:
        return [[change.what, change.fall, change.other] for change in changes]

    near, header = reasons.similar, ["", "probability falls by", "another category is best"]
    return "\n\n".join(
        [
            f"{reasons.letters:,} letters; {reasons.quoted:.1%} of their characters are quoted.",
            table(header, rows(reasons.changes)),
            f"The {reasons.against:,} letters with words that pulled away:",
            table(header, rows(reasons.changes_against)),
            table(
                ["training letters of a right category", "share"],
                [["the nearest", near.first], ["the three nearest", near.share], ["any of the three", near.any]],
            ),
        ]
    )


def race_table(race: Race) -> str:
    """Both paces and their ratio."""

    def row(name: str, pace: Pace) -> list[Cell]:
        return [name, race.letters, f"{pace.median_us:,.0f}", f"{pace.p99_us:,.0f}"]

    paces = table(
        ["", "letters", "median µs", "p99 µs"],
        [row("Fenxin, full assessment and its JSON", race.ours), row("textbook pipeline, classification only", race.textbook)],
    )
    spread = f"{race.lowest_ratio:.1f} to {race.highest_ratio:.1f} over the blocks"
    return f"{paces}\n\nRatio of medians: **{race.ratio:.1f}** ({spread})."


def throughput_table(t: Throughput) -> str:
    """Letters a second of one core, and what a second one adds."""
    rows: list[list[Cell]] = [
        ["Fenxin, JSON Lines in and out, letters a second", f"{t.ours:,.0f}"],
        ["textbook pipeline, all texts at once, labels only", f"{t.textbook:,.0f}"],
        ["normalising and cutting into words alone", f"{t.segmentation:,.0f}"],
        ["jieba.lcut alone", f"{t.jieba:,.0f}"],
        ["Fenxin to the textbook pipeline", f"{t.times_textbook:.1f}"],
        ["Fenxin to its own cutting alone", f"{t.of_segmentation:.2f}"],
        ["Fenxin to jieba.lcut alone", f"{t.of_jieba:.2f}"],
        ["two workers to one, on the clock", f"{t.second_core:.2f}"],
        *(
            [["processor time of one process to that of two workers and their parent", f"{t.shared_work:.2f}"]]
            if t.shared_work
            else []
        ),
    ]
    return table(["", "value"], rows)


def serving_table(s: Serving) -> str:
    """Readiness, memory, latency, loss."""
    wait = s.latency
    first, after_kill, again = s.ready_s
    rows: list[list[Cell]] = [
        ["start to ready: new database / after the kill / again", f"{first:.2f} / {after_kill:.2f} / {again:.2f} s"],
        ["resident memory: when ready / after the letters", f"{_mb(s.memory_ready_mb)} / {_mb(s.memory_after_mb)}"],
        ["letters posted, at", f"{s.requests:,} at {s.rate} a second for {s.seconds} s"],
        ["acknowledged / errors", f"{s.acknowledged:,} / {sum(s.errors.values())} {_errors(s.errors)}".rstrip()],
        ["p50 / p99 / worst", f"{wait.p50_ms:.1f} / {wait.p99_ms:.1f} / {wait.worst_ms:.1f} ms"],
        ["p50 / p99 after the first second", f"{wait.settled_p50_ms:.1f} / {wait.settled_p99_ms:.1f} ms"],
        ["first letter after start", f"{wait.first_ms:.1f} ms"],
        ["acknowledged but gone after SIGKILL", s.lost],
        ["file system of the database", s.filesystem],
    ]
    return table(["", "value"], rows)


def _mb(megabytes: float | None) -> str:
    return "unknown" if megabytes is None else f"{megabytes:,.0f} MB"


def _errors(errors: dict[str, int]) -> str:
    return f"({', '.join(f'{kind}: {number}' for kind, number in errors.items())})" if errors else ""


def fill(page: Path, texts: dict[str, str]) -> None:
    """Write each text between the page's markers ``<!-- generated: NAME -->`` and the next ``<!-- end generated -->``.

    Raises BadDataFile when the page has no such marker; then nothing is written.
    """
    content = page.read_text(encoding="utf-8")
    for name, text in texts.items():
        begin = f"<!-- generated: {name} -->"
        pattern = re.compile(f"{re.escape(begin)}\n.*?{re.escape(END)}", re.DOTALL)
        content, places = pattern.subn(lambda _, whole=f"{begin}\n{text}\n{END}": whole, content)  # type: ignore[misc]
        if places != 1:
            raise BadDataFile(page.name, None, f"has {places} regions {begin} … {END}, needs one")
    page.write_text(content, encoding="utf-8")
