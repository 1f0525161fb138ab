"""Presentation: an assessment's public JSON as the sheet an officer reads, every code with its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from classifier.letter import Letter
from classifier.taxonomy import Taxonomy
from service import wording
from service.answers import category_name, name_of
from service.filing import Standing
from service.highlight import Piece, pieces
from service.moments import CHINA


@dataclass(frozen=True, slots=True)
class Choice:
    """A category that may be chosen, with its calibrated probability."""

    code: str
    name: str
    p: float
    percent: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted words, how often they occur and the weight they carried together, empty for a rule's match."""

    text: str
    times: int
    weight: str
    against: bool


@dataclass(frozen=True, slots=True)
class Road:
    """A statutory road (法定途径): its name, whom to turn to, within which time, the article it rests on."""

    name: str
    guidance: str
    limit: str
    basis: str


@dataclass(frozen=True, slots=True)
class MatterSheet:
    """One matter (信访事项): what it is taken for, what else it might be, why; of a further one also its words and route."""

    first: Choice
    domain: str
    others: list[Choice]
    quotes: list[Quote]
    stretch: str = ""
    lead: str = ""
    roads: tuple[Road, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """One signal (信号) in words, with the quoted words behind it; ``alarm`` when somebody must look at once."""

    label: str
    value: str
    quotes: list[str]
    alarm: bool = False
    help: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the assessment says, in an officer's words."""

    title: list[Piece]
    text: list[Piece]
    matters: list[MatterSheet]
    purpose: str
    purpose_percent: str
    purpose_quotes: list[str]
    marks: list[Mark]
    lead: str
    lead_code: str
    co: list[str]
    blocked: list[str]
    roads: list[Road]
    rule: str
    deadlines: list[tuple[str, str]]
    access: str
    disposition: str
    needs_review: bool
    doubts: list[str]
    model: str
    taxonomy: str


def sheet_of(letter: Letter, assessment: Mapping[str, Any], taxonomy: Taxonomy) -> Sheet:
    """Lay out one assessment beside its letter."""
    route, purpose, signals = assessment["route"], assessment["purpose"], assessment["signals"]
    spans = list(_spans(assessment))
    return Sheet(
        title=pieces(letter.title, ((start, end) for field, start, end in spans if field == "title")),
        text=pieces(letter.text, ((start, end) for field, start, end in spans if field == "text")),
        matters=[_matter(matter, letter, taxonomy) for matter in assessment["matters"]],
        purpose=name_of(purpose["value"], taxonomy.purposes) or purpose["value"],
        purpose_percent=percent(purpose["p"]),
        purpose_quotes=_words(purpose),
        marks=_marks(signals),
        lead=route["lead_name"] or name_of(route["lead"], taxonomy.departments),
        lead_code=route["lead"] or "",
        co=[name_of(code, taxonomy.departments) or code for code in route["co"]],
        blocked=[name_of(code, taxonomy.departments) or code for code in route["blocked"]],
        roads=[_road(code, taxonomy) for code in route["pathways"]],
        rule=route["rule"],
        deadlines=[(wording.say(wording.DEADLINES, name), day) for name, day in route["deadlines"].items()],
        access=wording.say(wording.ACCESS, route["access"]),
        disposition=wording.say(wording.DISPOSITION, assessment["disposition"]),
        needs_review=assessment["disposition"] == "review",
        doubts=[wording.say(wording.DOUBTS, doubt) for doubt in assessment["doubts"]],
        model=assessment["model"],
        taxonomy=assessment["taxonomy"],
    )


def alternatives(sheet: Sheet, standing: Standing, taxonomy: Taxonomy) -> list[Choice]:
    """List what an officer may choose by the keys 2-9 instead of what stands: likeliest first."""
    offered = [choice for matter in sheet.matters for choice in (matter.first, *matter.others)]
    known = {choice.code: choice for choice in sorted(offered, key=lambda choice: choice.p) if choice.code in taxonomy.categories}
    known.pop(standing.category, None)
    return sorted(known.values(), key=lambda choice: -choice.p)[:8]


def percent(p: float) -> str:
    """Write a probability; never 100 %, which would claim more than is known.

    >>> percent(0.937), percent(0.9999), percent(0.001)
    ('94%', '>99%', '<1%')
    """
    if p > 0.99:
        return ">99%"
    return "<1%" if p < 0.01 else f"{p:.0%}"


def china_minute(moment: str) -> str:
    """Write a stored moment as China's clock shows it.

    >>> china_minute("2026-11-22T01:30:00.000000Z")
    '2026-11-22 09:30'
    """
    return datetime.fromisoformat(moment).astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def _spans(assessment: Mapping[str, Any]) -> Iterable[tuple[str, int, int]]:
    """All that speaks for a value; words that spoke against the category are listed, not marked."""
    signals = assessment["signals"]
    sources = [matter["evidence"] for matter in assessment["matters"]]
    sources += [assessment["purpose"]["evidence"], *(signals[name]["evidence"] for name in ("group", "urgency", "litigation"))]
    sources += [party["evidence"] for party in signals["accused"]]
    for quote in (quote for source in sources for quote in source):
        if quote["weight"] is None or quote["weight"] > 0:
            yield quote["field"], quote["start"], quote["end"]


def _matter(matter: Mapping[str, Any], letter: Letter, taxonomy: Taxonomy) -> MatterSheet:
    route = matter.get("route")  # assessments stored before further matters were split off have none
    choices = [_choice(one["category"], one["p"], taxonomy) for one in matter["candidates"]]
    return MatterSheet(
        first=_choice(matter["category"], matter["confidence"], taxonomy),
        domain=name_of(matter["domain"], taxonomy.domains),
        others=[choice for choice in choices if choice.code != matter["category"]],
        quotes=_quotes(matter["evidence"]),
        stretch=letter.text[slice(*matter["span"])] if route else "",
        lead=(route["lead_name"] or name_of(route["lead"], taxonomy.departments)) if route else "",
        roads=tuple(_road(code, taxonomy) for code in route["pathways"]) if route else (),
    )


def _choice(code: str, p: float, taxonomy: Taxonomy) -> Choice:
    return Choice(code, category_name(code, taxonomy), p, percent(p))


def _quotes(evidence: Sequence[Mapping[str, Any]]) -> list[Quote]:
    """Put the same words together, in the order in which they were first quoted."""
    together: dict[str, list[float | None]] = {}
    for one in evidence:
        together.setdefault(one["text"], []).append(one["weight"])
    found = []
    for text, weights in together.items():
        known = [weight for weight in weights if weight is not None]
        total = sum(known)
        found.append(Quote(text, len(weights), f"{total:+.1f}" if known else "", bool(known) and total < 0))
    return found


def _road(code: str, taxonomy: Taxonomy) -> Road:
    known = taxonomy.pathways.get(code)
    return Road(known.name, known.guidance, known.limit, known.basis) if known else Road(code, "", "", "")


def _marks(signals: Mapping[str, Any]) -> list[Mark]:
    group, urgency, litigation = signals["group"], signals["urgency"], signals["litigation"]
    found = []
    if urgency["level"] != "none":
        words = f"{urgency['level']} {wording.say(wording.URGENCY, urgency['level'])}"
        level = urgency["level"]
        found.append(Mark("紧急程度", words, _words(urgency), alarm=level in ("R0", "R1"), help=level == "R0"))
    if group["level"] != "none":
        found.append(Mark("群体信号", wording.say(wording.GROUP, group["level"]) + _counts(group), _words(group)))
    if litigation["state"] != "none":
        found.append(Mark("诉讼状态", wording.say(wording.LITIGATION, litigation["state"]), _words(litigation)))
    found += [Mark("被反映单位", party["name"], _words(party)) for party in signals["accused"]]
    if signals["anonymous"]:
        found.append(Mark("署名", "未署名，照常登记办理", []))
    return found


def _counts(group: Mapping[str, Any]) -> str:
    known = [("信访人数", group["petitioner_count"]), ("涉及人数", group["affected_count"])]
    told = "、".join(f"{name} {count}" for name, count in known if count is not None)
    return f"（{told}）" if told else ""


def _words(source: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(quote["text"] for quote in source["evidence"]))
