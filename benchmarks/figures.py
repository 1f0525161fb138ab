"""All figures of one run; ``bench.json`` is this record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import accuracy, contract, signals
from benchmarks.faithfulness import Reasons
from benchmarks.hardness import Hardness, harden
from benchmarks.machine import Machine
from benchmarks.peers import Pipeline
from benchmarks.real_letters import CodedLetter, GoldLetter
from benchmarks.serving import Serving
from benchmarks.signals import Found
from benchmarks.speed import DAY, Race
from benchmarks.throughput import Throughput
from benchmarks.written_signals import urgencies, written
from classifier.assess import Assessor
from classifier.corpus import LabelledLetter, read_labelled
from classifier.evaluation import Scorecard, score
from classifier.leads import load_leads
from classifier.letter import Letter
from classifier.registry import read_manifest

WRITTEN = Path(__file__).parent.parent / "tests" / "data"


@dataclass(frozen=True, slots=True)
class PeerScore:
    """How one way to sort letters did; ``calibrated`` is False where its scores are no probabilities."""

    name: str
    scores: Scorecard
    calibrated: bool = True


@dataclass(frozen=True, slots=True)
class Quality:
    """Everything about being right, on real letters."""

    peers: list[PeerScore]
    certainty: dict[str, Scorecard]
    reliability: list[accuracy.Reliability]
    honest_error: tuple[float, float]
    core: list[accuracy.CoreRecall]
    hardness: list[Hardness]
    alone: accuracy.Alone
    contract: contract.Kept
    risk: list[contract.Risk]
    scope: accuracy.Scope
    purpose: float
    purposes: list[Found]
    signals: list[Found]
    written: list[Found]
    urgencies: dict[str, int]  # level: ordinary letters
    purpose_macro_f1: float = 0.0
    accusations: list[Found] = field(default_factory=list)
    further: list[Found] = field(default_factory=list)
    misleading: list[PeerScore] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Figures:
    """One run; a part that was left out is None. ``model`` says which version answered and what it was made from."""

    machine: Machine
    model: dict[str, Any]
    quality: Quality | None = None
    reasons: Reasons | None = None
    race: Race | None = None
    throughput: Throughput | None = None
    stages: dict[str, float] | None = None
    serving: Serving | None = None


def describe_model(assessor: Assessor, models: Path) -> dict[str, Any]:
    """Version, letters, terms, fingerprint, cuts and training scores of the model, from its manifest."""
    manifest = read_manifest(models / assessor.version)
    data = manifest["data"]
    kept = {key: manifest[key] for key in ("version", "terms", "cuts", "held_out")}
    return kept | {key: data[key] for key in ("letters", "out_of_scope", "fingerprint")}


def judge(
    assessor: Assessor,
    peers: Sequence[Pipeline],
    gold: Sequence[GoldLetter],
    core: Sequence[CodedLetter],
    held_out: dict[str, float],
    stream: Sequence[Letter] = (),
) -> Quality:
    """Judge the model and its peers; ``held_out`` are the scores of the training run itself, ``stream`` ordinary letters."""
    p = assessor.probabilities([g.letter for g in gold])
    assessments = [assessor.assess(g.letter, today=DAY) for g in gold]
    rightly_led = contract.rightly_led(assessments, gold, load_leads(assessor.taxonomy))
    certainty = accuracy.by_certainty(p, assessor.classes, gold)
    purposes = signals.purposes(assessments, gold)
    several, accusing = (
        signals.written_set(assessor, WRITTEN / name) for name in ("several_matters.jsonl", "signals/accusation.jsonl")
    )
    return Quality(
        peers=[*(judge_peer(peer, gold) for peer in peers), PeerScore("Fenxin, the shipped model", certainty["all"])],
        certainty=certainty,
        reliability=accuracy.reliability(p, assessor.classes, gold),
        honest_error=accuracy.honest_error(p),
        core=accuracy.core_recall(assessor.probabilities([x.letter for x in core]), assessor.classes, core),
        hardness=harden(assessor, gold),
        alone=accuracy.alone(assessments, gold),
        contract=contract.kept(assessor, assessments, rightly_led),
        risk=contract.risk_curve(assessments, rightly_led),
        scope=accuracy.scope(assessments, held_out),
        purpose=signals.purpose_accuracy(assessments, gold),
        purposes=purposes,
        signals=signals.signals(assessments, gold),
        purpose_macro_f1=signals.macro_f1(purposes),
        accusations=signals.purposes(*accusing),
        further=[
            signals.further_matters(assessments, gold, "gold letters"),
            signals.further_matters(*several, "written, marked-off demands"),
        ],
        written=written(assessor.taxonomy),
        misleading=judge_misleading(assessor, peers, read_labelled([WRITTEN / "misleading.jsonl"])),
        urgencies=urgencies(assessor, stream),
    )


def judge_misleading(assessor: Assessor, peers: Sequence[Pipeline], letters: Sequence[LabelledLetter]) -> list[PeerScore]:
    """Score peers and model on letters in which most words belong to another domain than the request."""
    p = assessor.probabilities([Letter(x.id, x.text, x.title) for x in letters])
    ours = PeerScore("Fenxin, the shipped model", score(p, assessor.classes, [x.right for x in letters]))
    return [*(judge_peer(peer, letters) for peer in peers), ours]


def judge_peer(peer: Pipeline, gold: Sequence[GoldLetter | LabelledLetter]) -> PeerScore:
    """Score one peer on the same letters."""
    found = peer.scores([g.document for g in gold])
    return PeerScore(peer.name, score(found, peer.classes, [g.right for g in gold]), peer.calibrated)
