"""The shipped tree is whole, and a wrong county file is named with its row."""

from pathlib import Path

import pytest

from classifier.errors import BadDataFile, NotFound
from classifier.letter import Access, Purpose
from classifier.tables import SHIPPED
from classifier.taxonomy import Taxonomy, load_taxonomy


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def edited(folder: Path, name: str, old: str, new: str) -> Path:
    """A county folder with the shipped file changed in one place."""
    text = (SHIPPED / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_the_tree_has_its_domains_and_categories(taxonomy: Taxonomy) -> None:
    assert (len(taxonomy.domains), len(taxonomy.categories), taxonomy.version) == (18, 73, "1.0")
    assert all(category.code.split(".")[0] == category.domain for category in taxonomy.categories.values())
    assert all(category.typical_wording and category.scope for category in taxonomy.categories.values())


def test_accusations_are_restricted_and_nothing_else_is(taxonomy: Taxonomy) -> None:
    restricted = {category.domain for category in taxonomy.categories.values() if category.access is Access.RESTRICTED}
    assert restricted == {"DISCIP"}
    assert all(c.access is Access.RESTRICTED for c in taxonomy.categories.values() if c.domain == "DISCIP")


def test_every_category_says_how_it_parts_from_its_neighbours(taxonomy: Taxonomy) -> None:
    assert {tie.category for tie in taxonomy.tie_breaks} == set(taxonomy.categories)
    assert len(taxonomy.tie_breaks) == 190
    assert all(tie.rule for tie in taxonomy.tie_breaks)


def test_all_517_official_rows_have_a_category(taxonomy: Taxonomy) -> None:
    assert len(taxonomy.crosswalk) == 517
    assert sum(len(taxonomy.official(code)) for code in taxonomy.categories) == 517
    assert taxonomy.crosswalk["城乡建设", "安全生产", "事故处理"] == "SAFETY.ACCIDENT"


def test_every_pathway_is_some_categorys_or_purposes_road(taxonomy: Taxonomy) -> None:
    roads = {road for category in taxonomy.categories.values() for road in category.pathways}
    assert roads == set(taxonomy.pathways)
    assert all(pathway.basis and pathway.name for pathway in taxonomy.pathways.values())


def test_every_purpose_has_its_article(taxonomy: Taxonomy) -> None:
    assert set(Purpose) <= set(taxonomy.purposes)
    assert [taxonomy.purposes[code].article for code in ("SUGGEST", "ACCUSE", "APPEAL")] == ["29", "30", "31"]


def test_a_complaint_about_the_discipline_organ_goes_higher(taxonomy: Taxonomy) -> None:
    assert taxonomy.departments["JWJW"].superior.startswith("上一级")
    assert {unit.superior for unit in taxonomy.departments.values() if unit.code != "JWJW"} == {"JWJW"}


@pytest.mark.parametrize(
    ("name", "code"),
    [("劳动局", "RSJ"), ("国土局", "ZRZY"), ("环保局", "STHJ"), ("工商局", "SCJG"), ("安监局", "YJJ"), ("卫计委", "WJW")],
)
def test_old_names_of_departments_are_known(taxonomy: Taxonomy, name: str, code: str) -> None:
    assert [unit.code for unit in taxonomy.departments.values() if name in unit.aliases] == [code]


def test_an_unknown_code_is_not_found(taxonomy: Taxonomy) -> None:
    with pytest.raises(NotFound, match=r"LAND\.MOON"):
        taxonomy.category("LAND.MOON")
    with pytest.raises(NotFound):
        taxonomy.official("LAND.MOON")


def test_a_county_renames_a_department_without_touching_code(tmp_path: Path, taxonomy: Taxonomy) -> None:
    local = load_taxonomy(edited(tmp_path, "departments.csv", "RSJ,人力资源和社会保障局", "RSJ,甲县人社局"))
    assert local.departments["RSJ"].name == "甲县人社局"
    assert local.categories == taxonomy.categories
    assert local.digest != taxonomy.digest


BAD = {  # file, words to change, what to write instead, the row named, the fault named
    "second version": ("taxonomy.csv", "1.0,", "1.0,甲\n1.1,", None, "must have one row"),
    "no title": ("taxonomy.csv", "信访事项内容分类（产品建议版）", "", 2, "column title is empty"),
    "domain without name": ("domains.csv", "DEMO,房屋征收与拆迁安置", "DEMO,", 3, "column name is empty"),
    "domain without category": ("domains.csv", "DEMO,", "MOON,月,Moon\nDEMO,", 3, "domain without a category: MOON"),
    "category twice": ("categories.csv", "LAND.TENURE", "LAND.EXPROP", 3, "LAND.EXPROP is already in row 2"),
    "category without name": ("categories.csv", "土地征收补偿安置", "", 2, "column name is empty"),
    "unknown domain": ("categories.csv", "LAND.EXPROP,LAND", "LAND.EXPROP,MOON", 2, "unknown domain 'MOON'"),
    "prefix of another domain": ("categories.csv", "LAND.EXPROP,LAND", "LAND.EXPROP,DEMO", 2, "must be DEMO."),
    "unknown access": ("categories.csv", "normal", "secret", 2, "unknown access 'secret'"),
    "unknown road": ("categories.csv", "RECONSIDER；", "DUEL；", 2, "unknown pathway 'DUEL'"),
    "tie with nobody": (
        "tie_breaks.csv",
        "LAND.EXPROP,RURAL.CONTRACT",
        "LAND.EXPROP,RURAL.MOON",
        2,
        "unknown category 'RURAL.MOON'",
    ),
    "tie of nobody": ("tie_breaks.csv", "LAND.EXPROP,", "LAND.MOON,", 2, "unknown category 'LAND.MOON'"),
    "tie with itself": ("tie_breaks.csv", "LAND.EXPROP,RURAL.CONTRACT", "LAND.EXPROP,LAND.EXPROP", 2, "from itself"),
    "purpose missing": ("purposes.csv", "APPEAL,申诉求决类", "PLEA,申诉求决类", None, "purpose missing: APPEAL"),
    "purpose on no road": ("purposes.csv", "SUPERVISION", "DUEL", 3, "unknown pathway 'DUEL'"),
    "superior unknown": ("departments.csv", "信访部门,JWJW", "信访部门,MOON", 2, "unknown superior"),
    "its own superior": ("departments.csv", "信访部门,JWJW", "信访部门,XFJ", 2, "its own superior"),
    "part of nothing": ("departments.csv", "JWJW,XFJ", "JWJW,MOON", 3, "unknown department in part_of 'MOON'"),
    "one name, two owners": ("departments.csv", "联席办；", "信访办；", 3, "name 信访办 already belongs to XFJ"),
    "road without basis": ("pathways.csv", "《信访工作条例》第30条第2款", "", 3, "column basis is empty"),
    "order beyond Art. 31": ("pathways.csv", "SUPERVISION,0", "SUPERVISION,9", 2, "order '9'"),
    "official row without category": ("crosswalk.csv", "SAFETY.ACCIDENT", "SAFETY.MOON", 2, "unknown category 'SAFETY.MOON'"),
    "official row without name": (
        "crosswalk.csv",
        "城乡建设,安全生产,事故处理",
        "城乡建设,安全生产,",
        2,
        "column official_l3 is empty",
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "row", "fault"), BAD.values(), ids=BAD)
def test_a_bad_row_names_file_row_and_fault(tmp_path: Path, name: str, old: str, new: str, row: int | None, fault: str) -> None:
    with pytest.raises(BadDataFile) as caught:
        load_taxonomy(edited(tmp_path, name, old, new))
    assert (caught.value.file, caught.value.row) == (name, row)
    assert fault in caught.value.fault
