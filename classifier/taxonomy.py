"""The category tree (内容分类) with departments (责任单位) and statutory pathways (法定途径), read from the data files and checked.

Eight files: taxonomy, domains, categories, tie_breaks, purposes, departments, pathways and crosswalk (the public three-level
scheme of 517 rows to our categories). Where a department or pathway leads is the business of ``classifier.routing``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from classifier.departments import DEPARTMENT_COLUMNS, Department, read_departments
from classifier.errors import NotFound
from classifier.letter import Access
from classifier.pathways import PATHWAY_COLUMNS, PURPOSE_COLUMNS, Pathway, PurposeClass, read_pathways, read_purposes
from classifier.tables import Row, Table, check_county, joint_digest, open_table, values

__all__ = [
    "Category",
    "Department",
    "Domain",
    "Official",
    "Pathway",
    "PurposeClass",
    "Taxonomy",
    "TieBreak",
    "domain_of",
    "load_categories",
    "load_taxonomy",
]

CATEGORY_CODE = re.compile(r"[A-Z][A-Z0-9]*\.[A-Z][A-Z0-9]*")

Official = tuple[str, str, str]  # 一级, 二级, 三级 of the public scheme

FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # file: its columns, the columns that must be unique
    "taxonomy": (("version", "title"), ()),
    "domains": (("code", "name", "name_en"), ("code",)),
    "categories": (
        ("code", "domain", "name", "name_en", "scope", "typical_wording", "access", "urgency_hint", "note", "pathways", "source"),
        ("code",),
    ),
    "tie_breaks": (("category", "other", "rule"), ("category", "other", "rule")),
    "purposes": (PURPOSE_COLUMNS, ("code",)),
    "departments": (DEPARTMENT_COLUMNS, ("code",)),
    "pathways": (PATHWAY_COLUMNS, ("code",)),
    "crosswalk": (("official_l1", "official_l2", "official_l3", "category"), ("official_l1", "official_l2", "official_l3")),
}

ALONE = ("domains", "pathways", "categories")  # what the codes themselves need


@dataclass(frozen=True, slots=True)
class Domain:
    """First level of the tree, such as ``LAND`` 土地与自然资源."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Category:
    """Second level, such as ``LAND.EXPROP``; ``pathways`` begins with the road such a matter usually travels."""

    code: str
    domain: str
    name: str
    name_en: str
    scope: str
    typical_wording: tuple[str, ...]
    access: Access
    urgency_hint: str
    note: str
    pathways: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class TieBreak:
    """The rule that parts ``category`` from ``other`` (a category, or ``*`` for any category of substance)."""

    category: str
    other: str
    rule: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Everything that has a code; ``digest`` is a SHA-256 over the contents of the eight files."""

    version: str
    title: str
    digest: str
    domains: Mapping[str, Domain]
    categories: Mapping[str, Category]
    departments: Mapping[str, Department]
    pathways: Mapping[str, Pathway]
    tie_breaks: tuple[TieBreak, ...]
    purposes: Mapping[str, PurposeClass]
    crosswalk: Mapping[Official, str]

    def category(self, code: str) -> Category:
        """The category of this code.

        Raises:
            NotFound: no such category.
        """
        try:
            return self.categories[code]
        except KeyError:
            raise NotFound(f"no category {code!r} in taxonomy {self.version}") from None

    def official(self, code: str) -> tuple[Official, ...]:
        """The rows of the public scheme that fall under this category (none for a category the scheme lacks).

        Raises:
            NotFound: no such category.
        """
        self.category(code)
        return tuple(official for official, category in self.crosswalk.items() if category == code)


def load_taxonomy(county: Path | None = None) -> Taxonomy:
    """Read and check the eight files; the county's file replaces the shipped one of the same name.

    Raises:
        BadDataFile: names file, row and fault.

    >>> load_taxonomy().category("LABOR.MIGRANTWAGE").name
    '拖欠农民工工资'
    """
    check_county(county)
    tables = {name: open_table(f"{name}.csv", county, columns=columns, key=key) for name, (columns, key) in FILES.items()}
    version, title = _meta(tables["taxonomy"])
    domains = _domains(tables["domains"])
    pathways = read_pathways(tables["pathways"])
    categories = _categories(tables["categories"], domains, pathways)
    _no_bare_domain(tables["domains"], categories)
    return Taxonomy(
        version=version,
        title=title,
        digest=joint_digest({table.name: table.digest for table in tables.values()}),
        domains=domains,
        categories=categories,
        departments=read_departments(tables["departments"]),
        pathways=pathways,
        tie_breaks=_tie_breaks(tables["tie_breaks"], categories),
        purposes=read_purposes(tables["purposes"], pathways),
        crosswalk=_crosswalk(tables["crosswalk"], categories),
    )


def load_categories(county: Path | None = None) -> Mapping[str, Category]:
    """Only the categories: what can be read while other tables still name codes of yesterday.

    Raises:
        BadDataFile: names file, row and fault.
    """
    check_county(county)
    tables = {name: open_table(f"{name}.csv", county, columns=FILES[name][0], key=FILES[name][1]) for name in ALONE}
    return _categories(tables["categories"], _domains(tables["domains"]), read_pathways(tables["pathways"]))


def domain_of(category: str) -> str:
    """The first level of a category code; a plain label is its own domain.

    >>> domain_of("LABOR.WAGE"), domain_of("城乡建设")
    ('LABOR', '城乡建设')
    """
    return category.split(".")[0]


def _meta(table: Table) -> tuple[str, str]:
    if len(table.rows) != 1:
        raise table.fault(None, f"must have one row under the header, has {len(table.rows)}")
    number, row = table.rows[0]
    table.require_filled(number, row, "version", "title")
    return row["version"], row["title"]


def _domains(table: Table) -> dict[str, Domain]:
    for number, row in table:
        table.require_filled(number, row, "code", "name")
    return {row["code"]: Domain(row["code"], row["name"], row["name_en"]) for _, row in table}


def _categories(table: Table, domains: Mapping[str, Domain], pathways: Mapping[str, Pathway]) -> dict[str, Category]:
    found = {}
    for number, row in table:
        table.require_filled(number, row, "code", "name", "scope", "pathways")
        table.require_known(number, row["domain"], domains, "domain")
        if not CATEGORY_CODE.fullmatch(row["code"]) or row["code"].partition(".")[0] != row["domain"]:
            raise table.fault(number, f"code {row['code']!r} must be {row['domain']}. and a name in capital letters")
        if row["access"] not in tuple(Access):
            raise table.fault(number, f"unknown access {row['access']!r}; one of {', '.join(Access)}")
        roads = values(row["pathways"])
        for road in roads:
            table.require_known(number, road, pathways, "pathway")
        found[row["code"]] = _category(row, roads)
    return found


def _category(row: Row, roads: tuple[str, ...]) -> Category:
    return Category(
        code=row["code"],
        domain=row["domain"],
        name=row["name"],
        name_en=row["name_en"],
        scope=row["scope"],
        typical_wording=values(row["typical_wording"]),
        access=Access(row["access"]),
        urgency_hint=row["urgency_hint"],
        note=row["note"],
        pathways=roads,
        source=row["source"],
    )


def _no_bare_domain(table: Table, categories: Mapping[str, Category]) -> None:
    used = {category.domain for category in categories.values()}
    for number, row in table:
        if row["code"] not in used:
            raise table.fault(number, f"domain without a category: {row['code']}")


def _tie_breaks(table: Table, categories: Mapping[str, Category]) -> tuple[TieBreak, ...]:
    for number, row in table:
        table.require_known(number, row["category"], categories, "category")
        table.require_known(number, row["other"], {*categories, "*"}, "category")
        table.require_filled(number, row, "rule")
        if row["other"] == row["category"]:
            raise table.fault(number, f"parts {row['category']} from itself")
    return tuple(TieBreak(row["category"], row["other"], row["rule"]) for _, row in table)


def _crosswalk(table: Table, categories: Mapping[str, Category]) -> dict[Official, str]:
    for number, row in table:
        table.require_filled(number, row, "official_l1", "official_l2", "official_l3")
        table.require_known(number, row["category"], categories, "category")
    return {(row["official_l1"], row["official_l2"], row["official_l3"]): row["category"] for _, row in table}
