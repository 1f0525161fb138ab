"""Where a matter goes (分流): the first matching row of ``routing.csv``, the statutory roads, the due dates, the guard.

Rows are sorted out by category and signals once and remembered; a call looks only at the few rows that can match. The guard
(《信访工作条例》 Art. 30, promise 3) comes last and no table can switch it off: a unit complained of neither leads nor co-handles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from classifier.deadlines import Calendar, load_calendar
from classifier.errors import BadDataFile
from classifier.letter import Access, AccusedParty, LitigationState, Purpose, Route, Signals
from classifier.routing_rules import RULE_COLUMNS, Rule, joined, reachable, read_rules
from classifier.tables import joint_digest, open_table
from classifier.taxonomy import Category, Taxonomy

KEPT = 8192  # plans and routes remembered: category x purpose x signals that really occur
IN_COURT = 1  # item (1) of Art. 31: courts, criminal filing, legal supervision
APPEALS = range(1, 7)  # the six items of Art. 31
PUBLIC_COURT_ROAD = "ADMIN_LIT"  # categories without a court road of their own are matters between citizen and administration

Key = tuple[str, str, str, str, str, bool]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is settled before the text is read: the rows that can match, the roads, whose clocks run, who may see it.

    ``words`` is one check for the words of all rows; where it finds nothing only the ``wordless`` rows can match.
    """

    rules: tuple[Rule, ...]
    words: re.Pattern[str] | None
    wordless: tuple[Rule, ...]
    pathways: tuple[str, ...]
    clocks: tuple[str, ...]
    access: Access


TO_BE_NAMED = "由经办人确定（通常的承办单位可能被反映）"


class Router:
    """Proposes a route; ``digest`` stands for the contents of routing, deadlines and workdays. Safe to share between threads."""

    def __init__(self, taxonomy: Taxonomy, rules: tuple[Rule, ...], calendar: Calendar, digest: str) -> None:
        self.taxonomy, self.rules, self.calendar, self.digest = taxonomy, rules, calendar, digest
        self._plan = lru_cache(maxsize=KEPT)(self._make_plan)
        self._planned = lru_cache(maxsize=KEPT)(self._make_route)

    def route(self, category: str, *, text: str, place: str | None, purpose: str, signals: Signals, received_on: date) -> Route:
        """The route of one matter: ``text`` is title and body, in which the rows' words are sought, ``place`` the matter's place.

        A label outside the taxonomy (a model trained on another label set) gets an empty route. An accused unit is never lead nor
        co-handler: its superior leads, or nobody (``lead`` None) where the accused is the discipline organ itself.
        Matters that are alike share one route: nobody may write into its ``deadlines``.
        """
        if category not in self.taxonomy.categories:
            return Route(lead=None)
        state, urgency, group = signals.litigation.state, signals.urgency.level, signals.group.level
        plan = self._plan((category, purpose, state, urgency, group, signals.anonymous))
        for rule in plan.rules if plan.words is not None and plan.words.search(text) else plan.wordless:
            if rule.occurs(text, place):
                break
        route = self._planned(plan, rule, place, received_on)
        return self._guarded(route, signals) if signals.accused else route

    def _make_route(self, plan: Plan, rule: Rule, place: str | None, received_on: date) -> Route:
        return Route(
            lead=rule.lead,
            lead_name=self.taxonomy.departments[rule.lead].name,
            co=() if plan.access is Access.RESTRICTED else rule.co,
            place=place,
            pathways=plan.pathways,
            rule=f"routing.csv:{rule.number}",
            deadlines=self.calendar.due_dates(received_on, plan.clocks),
            access=plan.access,
        )

    def _make_plan(self, key: Key) -> Plan:
        code, purpose, state, urgency, group, anonymous = key
        category = self.taxonomy.categories[code]
        facts = {
            "purpose": purpose,
            "litigation": state,
            "urgency": urgency,
            "group": group,
            "anonymous": "yes" if anonymous else "no",
        }
        rules = []
        for rule in reachable(self.rules, code):
            if rule.agrees(facts):
                rules.append(rule)
                if not (rule.place or rule.words):
                    break
        pathways, clocks = roads(self.taxonomy, category, purpose, in_court=state != LitigationState.NONE)
        access = Access.RESTRICTED if purpose == Purpose.ACCUSE else category.access
        words = joined(rule.words for rule in rules if rule.words)
        return Plan(tuple(rules), words, tuple(rule for rule in rules if not rule.words), pathways, clocks, access)

    def _guarded(self, route: Route, signals: Signals) -> Route:
        """The route without the accused units and their parts; a certain accusation of one is restricted and goes above it.

        Where a unit only may be accused, the matter stays where clerks see it, without a lead: a person names one.
        """
        parties = [party for party in signals.accused if party.department in self.taxonomy.departments]
        blocked = blocked_departments(parties, self.taxonomy)
        if not blocked:
            return route
        certain = next((party.department for party in parties if party.certain), None)
        from_accused = certain is not None and route.access is not Access.RESTRICTED
        lead, name = self._unblocked(certain if from_accused else route.lead, blocked)
        moved = lead != route.lead
        access = Access.RESTRICTED if certain else route.access
        if moved and not certain:
            lead, name = None, TO_BE_NAMED
        return Route(
            lead=lead,
            lead_name=name,
            co=() if access is Access.RESTRICTED else tuple(code for code in route.co if code not in blocked),
            place=route.place,
            pathways=route.pathways,
            rule=f"{route.rule} guard" if moved else route.rule,
            deadlines=route.deadlines,
            access=access,
            blocked=blocked,
        )

    def _unblocked(self, lead: str | None, blocked: tuple[str, ...]) -> tuple[str | None, str]:
        """The lead, or the first superior above it that is not blocked; (None, its name in words) where that is not in the list."""
        departments = self.taxonomy.departments
        passed: set[str] = set()
        while lead and lead not in passed:
            if lead not in departments:
                return None, lead
            if lead not in blocked:
                return lead, departments[lead].name
            passed.add(lead)
            lead = departments[lead].superior
        return None, ""


def blocked_departments(parties: Iterable[AccusedParty], taxonomy: Taxonomy) -> tuple[str, ...]:
    """The departments that a letter accusing these parties must never reach: they and their parts."""
    departments = taxonomy.departments
    named = dict.fromkeys(str(party.department) for party in parties if party.department in departments)
    parts = [code for code, unit in departments.items() if unit.part_of in named and code not in named]
    return (*named, *parts)


def load_router(taxonomy: Taxonomy, county: Path | None = None) -> Router:
    """Read ``routing.csv``, ``deadlines.csv`` and ``workdays.csv`` and check them against the taxonomy.

    Raises:
        BadDataFile: names file, row and fault.

    >>> from classifier.taxonomy import load_taxonomy
    >>> router = load_router(load_taxonomy())
    >>> asked = dict(text="小区电梯困人", place=None, purpose="APPEAL", signals=Signals(), received_on=date(2026, 11, 23))
    >>> route = router.route("SAFETY.HAZARD", **asked)
    >>> route.lead, route.lead_name, route.deadlines["forward_by"]
    ('SCJG', '市场监督管理局', '2026-12-08')
    """
    table = open_table("routing.csv", county, columns=RULE_COLUMNS)
    calendar = load_calendar(county, pathways=taxonomy.pathways)
    if PUBLIC_COURT_ROAD not in taxonomy.pathways:
        raise BadDataFile("pathways.csv", None, f"pathway {PUBLIC_COURT_ROAD} is missing; matters in court need it")
    digest = joint_digest({table.name: table.digest, "calendar": calendar.digest})
    return Router(taxonomy, read_rules(table, taxonomy), calendar, digest)


def roads(taxonomy: Taxonomy, category: Category, purpose: str, *, in_court: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The statutory roads in the order in which Art. 31 has them tried, and those whose own clocks run.

    The purpose's own road (suggestion Art. 29, accusation Art. 30) goes first; in court a court road is always among them. The
    clocks that run are those of one road: the purpose's own; else, in court, the court's; else the one that the category's row
    names first, since the 60 days of Art. 34 are only for matters whose usual road is the petition procedure.
    """
    pathways = taxonomy.pathways
    own = taxonomy.purposes[purpose].pathway if purpose in taxonomy.purposes else ""
    usual = next((code for code in category.pathways if pathways[code].order in APPEALS), category.pathways[0])
    ordered = sorted(category.pathways, key=lambda code: pathways[code].order)
    if in_court and category.access is not Access.RESTRICTED:
        courts = [code for code in ordered if pathways[code].order == IN_COURT] or [PUBLIC_COURT_ROAD]
        ordered, usual = [*courts, *ordered], courts[0]
    first = [own] if own else []
    return tuple(dict.fromkeys([*first, *ordered])), (own or usual,)
