"""The year's figures as tables between the markers of ``docs/learning.md`` and as plots beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import plots, report

NAMES = {
    "year": "as the product learns",
    "everything": "all labels alike",
    "noise": "as the product learns, slips",
    "noise_everything": "all labels alike, slips",
    "late": "as the product learns, late label",
}
COVERAGE, RIGHT_ALONE, LAX, RIGHT_LAX = "coverage 5.0%", "right when alone 5.0%", "coverage 13.7%", "right when alone 13.7%"
TICKS = ([0, 2, 4, 6, 8, 10, 12], [0.5, 0.6, 0.7, 0.8, 0.9, 1.0])


def publish(figures: Mapping[str, Any], page: Path) -> None:
    """Write tables into the page and plots beside it."""
    folder = page.parent / "plots"
    folder.mkdir(exist_ok=True)
    for name, drawing in draw(figures).items():
        (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")
    texts = tables(figures)
    for name, text in texts.items():
        print(f"\n{name}\n\n{text}")
    report.fill(page, texts)


def tables(figures: Mapping[str, Any]) -> dict[str, str]:
    """The text of each region whose part was run."""
    found = {}
    if rows := figures.get("year"):
        found["year"] = _year(rows)
        found["after"] = _after(figures)
    if rows := figures.get("noise"):
        found["slips"] = _slips(rows)
    if rows := figures.get("late"):
        header = ["after month", "accuracy", "of the late label found"]
        found["late"] = report.table(header, [[str(r["month"]), r["held"]["accuracy"], r["held"]["late"]] for r in _trained(rows)])
    if curves := figures.get("queue"):
        header = ["corrected letters", *(f"accuracy, {name}" for name in curves)]
        steps = zip(*curves.values(), strict=True)
        found["queue"] = report.table(header, [[f"{step[0]['corrected']:,}", *(s["accuracy"] for s in step)] for step in steps])
    return found


def _trained(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if "held" in row]


def _year(rows: list[dict[str, Any]]) -> str:
    header = [
        "month",
        "letters",
        "corrections",
        "accuracy on arrival",
        "held-out accuracy",
        "held-out coverage",
        "right when alone",
        "promoted",
    ]
    return report.table(
        header,
        [
            [
                str(r["month"]),
                int(r.get("arrived", {}).get("letters", 0)) or None,
                r.get("corrections"),
                r.get("arrived", {}).get("accuracy"),
                r["held"]["accuracy"],
                r["held"][COVERAGE],
                r["held"][RIGHT_ALONE],
                {True: "yes", False: "no", None: "–"}[r.get("verdict", {}).get("accepted")],
            ]
            for r in rows
        ],
    )


def _after(figures: Mapping[str, Any]) -> str:
    header = ["", "accuracy", "coverage at 5 %", "right when alone", "coverage at 13.7 %", "right when alone"]
    first = figures["year"][0]["held"]
    rows: list[list[Any]] = [["never retrained", *_cells(first)]]
    rows += [[NAMES[name], *_cells(_trained(figures[name])[-1]["held"])] for name in NAMES if name in figures and name != "late"]
    return report.table(header, rows)


def _cells(held: Mapping[str, float]) -> list[float]:
    return [held["accuracy"], held[COVERAGE], held[RIGHT_ALONE], held[LAX], held[RIGHT_LAX]]


def _slips(rows: list[dict[str, Any]]) -> str:
    header = ["after month", "slips so far", "suspected this time", "of these rightly", "promoted"]
    return report.table(
        header,
        [
            [str(r["month"]), v["slips"], v["suspected"], v["rightly"], "yes" if v["accepted"] else "no"]
            for r in _trained(rows)
            if (v := r.get("verdict"))
        ],
    )


def draw(figures: Mapping[str, Any]) -> dict[str, str]:
    """The curves as SVG, by name of file."""
    drawings = {}
    curves = {name: _trained(figures[name]) for name in NAMES if name in figures}
    if "year" in curves:
        never = curves["year"][0]["held"]
        for measure, file, title in (
            ("accuracy", "year-accuracy", "Held-out accuracy"),
            (COVERAGE, "year-coverage", "Sent alone under 5 %"),
        ):
            series = {
                NAMES[n]: [(r["month"], r["held"][measure] or 0.0) for r in rows] for n, rows in curves.items() if n != "late"
            }
            series["never retrained"] = [(0, never[measure] or 0.0), (12, never[measure] or 0.0)]
            low = TICKS if measure == "accuracy" else (TICKS[0], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
            drawings[file] = plots.lines(title, series, ("month", measure.split(" ")[0]), ticks=low)
    if queue := figures.get("queue"):
        series = {name: [(s["corrected"], s["accuracy"]) for s in steps] for name, steps in queue.items()}
        ticks = ([s["corrected"] for s in next(iter(queue.values()))], [0.7, 0.75, 0.8, 0.85, 0.9])
        drawings["year-queue"] = plots.lines(
            "Which letters to correct first", series, ("corrected", "accuracy"), ticks=ticks, log_x=True
        )
    return drawings
