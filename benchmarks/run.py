"""Take all figures, print them, store them: ``python benchmarks/run.py --real FOLDER`` (``make bench``)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from benchmarks import plots, report
from benchmarks.accuracy import Reliability
from benchmarks.faithfulness import Reasons
from benchmarks.faithfulness import reasons as judge_reasons
from benchmarks.figures import Figures, Quality, describe_model, judge
from benchmarks.machine import describe
from benchmarks.peers import Pipeline, train_peers
from benchmarks.readme import readme_table
from benchmarks.real_letters import read_core_four, read_gold, read_stream
from benchmarks.serving import Serving, measure
from benchmarks.speed import LETTERS, WARM_UP, race
from benchmarks.stages import stage_medians
from benchmarks.throughput import throughput
from classifier.assess import Assessor, load_assessor
from classifier.corpus import read_labelled
from classifier.errors import FenxinError

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("quality", "reasons", "speed", "serving")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the parts asked for; only a whole run is stored, so that all stored figures are of one run."""
    asked = _arguments(argv)
    try:
        figures = take(asked.real, asked.models, asked.training, asked.only or PARTS)
        texts = report.regions(figures)
        for name, text in texts.items():
            print(f"\n{name}\n\n{text}")
        if not asked.only:
            store(figures, asked.out)
            report.fill(asked.page, texts)
            report.fill(asked.readme, {"bench-figures": readme_table(figures)})
            if figures.quality:
                draw_reliability(figures.quality.reliability, asked.page.parent / "plots" / "reliability.svg")
    except FenxinError as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    return 0


def take(real: Path, models: Path, training: Path, parts: Sequence[str]) -> Figures:
    """Take the figures of some parts. Serving comes first: it wants the machine to itself, and training peers warms it up."""
    machine = describe()
    assessor = load_assessor(models)
    model = describe_model(assessor, models)
    serving = _serve(models, real) if "serving" in parts else None
    reasons = _reasons(assessor, real) if "reasons" in parts else None
    if not {"quality", "speed"} & set(parts):
        return Figures(machine, model, reasons=reasons, serving=serving)
    _say("training the peers")
    peers = train_peers(read_labelled([training]), assessor.taxonomy)
    quality = _judge(assessor, peers, real, model["held_out"]) if "quality" in parts else None
    if "speed" not in parts:
        return Figures(machine, model, quality, reasons, serving=serving)
    _say(f"timing {LETTERS:,} letters")
    letters = read_stream(real, LETTERS)
    pace = race(assessor, peers[-1], letters)
    _say("timing a file of letters")
    batch = throughput(assessor, peers[-1], letters)
    return Figures(machine, model, quality, reasons, pace, batch, stage_medians(assessor, letters[WARM_UP:]), serving)


def draw_reliability(table: Sequence[Reliability], file: Path) -> None:
    """The reliability diagram: what came true over what was promised, beside the diagonal of honesty."""
    series = {"honest": [(0.0, 0.0), (1.0, 1.0)], "Fenxin": [(row.confidence, row.right) for row in table]}
    marks = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    file.parent.mkdir(exist_ok=True)
    file.write_text(plots.lines("Reliability on gold", series, ("confidence", "right"), ticks=(marks, marks)), encoding="utf-8")


def rounded(figures: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same value with every fraction to six places.

    >>> rounded({"recall": [0.123456789, 3]})
    {'recall': [0.123457, 3]}
    """
    if isinstance(figures, float):
        return round(figures, 6)
    if isinstance(figures, dict):
        return {key: rounded(value) for key, value in figures.items()}
    return [rounded(value) for value in figures] if isinstance(figures, list | tuple) else figures


def store(figures: Figures, file: Path) -> None:
    """Write the figures as JSON, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_bytes(
        orjson.dumps(rounded(orjson.loads(orjson.dumps(figures))), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )
    draft.replace(file)


def _serve(models: Path, real: Path) -> Serving:
    _say("serving letters for 20 seconds")
    return measure(models, real / "stream.jsonl")


def _reasons(assessor: Assessor, real: Path) -> Reasons:
    _say("deleting quoted words and others")
    return judge_reasons(assessor, read_gold(real))


def _judge(assessor: Assessor, peers: Sequence[Pipeline], real: Path, held_out: dict[str, float]) -> Quality:
    _say("judging the model on real letters")
    return judge(assessor, peers, read_gold(real), read_core_four(real), held_out, read_stream(real, LETTERS))


def _say(what: str) -> None:
    print(f"bench: {what} …", file=sys.stderr, flush=True)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take the figures of docs/benchmarks.md.")
    parser.add_argument("--real", type=Path, required=True, help="folder of gold.jsonl, core_four.jsonl, stream.jsonl")
    parser.add_argument("--models", type=Path, default=ROOT / "models", help="folder of model versions; its champion is measured")
    parser.add_argument("--training", type=Path, default=ROOT / "training_data", help="written letters that the peers learn from")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="take some parts only, print them, store nothing")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "bench.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks.md")
    parser.add_argument("--readme", type=Path, default=ROOT / "README.md")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
