"""The words that tell the accused from those who are asked for help (``accused_words.csv``), as patterns.

A county adds rows; rows of one part are taken together. How far apart words may stand is decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from classifier.identity import COMPOUND, SURNAMES
from classifier.tables import WORD_COLUMNS, alternatives, open_table, word_parts

WORDS_FILE = "accused_words.csv"
PARTS = (
    *("office", "staff", "clipped", "private", "asked", "met", "complains", "looks_into", "refused", "refused_to", "passing"),
    *("against", "label", "addressed", "greeted", "wondering", "back"),
)
_HAN = "[\u4e00-\u9fff]"
_NO_STOP, _NO_MARK = "[^。!！?？;；]", "[^。,，!！?？;；、:：]"


@dataclass(frozen=True, slots=True)
class Accusing:
    """Patterns around the name of a unit; ``..._before`` end where it begins, ``..._after`` begin where it ends.

    ``person_after``: somebody of the unit; ``bare_office``: an office without a unit; ``staff``: one that says
    whose it is by the unit before it; ``private``: an office of no public body.
    ``asked_before``, ``addressed_after``: it is asked for help; ``met_before``: the writer went there. ``against_before``,
    ``label_before``: it is accused. ``not_to_before``, ``not_passed_before``: it must not get the letter. ``back``: words for the
    unit named last (该局). ``wondering``: no more than a guess. ``digest`` stands for the file.
    """

    person_after: re.Pattern[str]
    person_before: re.Pattern[str]
    is_person: re.Pattern[str]
    bare_office: re.Pattern[str]
    staff: re.Pattern[str]
    private: re.Pattern[str]
    greeted: re.Pattern[str]
    asked_before: re.Pattern[str]
    met_before: re.Pattern[str]
    complains_after: re.Pattern[str]
    looks_into: re.Pattern[str]
    not_to_before: re.Pattern[str]
    not_passed_before: re.Pattern[str]
    against_before: re.Pattern[str]
    label_before: re.Pattern[str]
    addressed_after: re.Pattern[str]
    wondering: re.Pattern[str]
    back: re.Pattern[str]
    digest: str = ""


def load_accusing(county: Path | None = None) -> Accusing:
    """The patterns of the county's or the shipped words.

    Raises:
        BadDataFile: an unknown or missing part, or a row without words; names file and row.

    >>> load_accusing().asked_before.search("请求县") is not None
    True
    """
    table = open_table(WORDS_FILE, county, columns=WORD_COLUMNS)
    return _patterns(word_parts(table, PARTS), table.digest)


def _patterns(parts: dict[str, list[str]], digest: str) -> Accusing:
    office, asked = alternatives(parts["office"]), alternatives(parts["asked"])
    named = rf"(?:{COMPOUND}|[{SURNAMES}])"
    person = (
        rf"(?:[^。,，!！?？;；、:：(（]{{0,10}}?{office}(?:{_HAN}某{{1,2}})?|的?[老小]{_HAN}(?!{_HAN}?们)"
        rf"|的?{named}{alternatives(parts['clipped'])}(?=[^\u4e00-\u9fff]|[收要跟和与叫把在是拿问说让带给当就也还都不亲的]|$)"
        r"|[^。,，、:：的]{0,4}的人|某某?|[一两二三]名|有人|里有人|内部|的[\u4e00-\u9fff]{2}(?=每|收|说|把|拿|叫|带|交|要|让))"
    )
    return Accusing(
        person_after=re.compile(person),
        person_before=re.compile(rf"{office}[(（][^)）]{{0,4}}$"),  # 阮书记（县纪委）
        is_person=re.compile(rf"{office}$"),  # the name is an office already: 村支书
        bare_office=re.compile(rf"(?<!{_HAN})(?:{_HAN}{{0,8}}?)?{office}(?:{_HAN}某{{1,2}})?"),
        staff=re.compile(rf"{alternatives(parts['staff'])}$"),
        private=re.compile(rf"{alternatives(parts['private'])}{_HAN}{{0,4}}?{office}"),
        greeted=re.compile(rf"{alternatives(parts['greeted'])}|^领导$"),  # who is written to, not who is written about
        asked_before=re.compile(rf"{asked}{_NO_MARK}{{0,6}}$"),
        met_before=re.compile(rf"{alternatives(parts['met'])}{_NO_MARK}{{0,4}}$"),
        complains_after=re.compile(rf"(?<!被){alternatives(parts['complains'])}"),
        looks_into=re.compile(rf"(?<![检巡]){alternatives(parts['looks_into'])}"),
        not_to_before=re.compile(rf"{alternatives(parts['refused'])}{_NO_STOP}{{0,8}}$"),
        not_passed_before=re.compile(
            rf"{alternatives(parts['refused_to'])}[^。,，!！?？;；]{{0,10}}{alternatives(parts['passing'])}[^。,，!！?？;；]{{0,3}}$"
        ),
        against_before=re.compile(rf"{alternatives(parts['against'])}[^。,，!！?？;；]{{0,8}}$"),
        label_before=re.compile(rf"{alternatives(parts['label'])}[^。!！?？;；]{{0,12}}$"),
        addressed_after=re.compile(rf"^的?(?:各位)?(?:领导|同志)?(?:[::]|您好|你好|{alternatives(parts['addressed'])})"),
        wondering=re.compile(rf"{alternatives(parts['wondering'])}|[吗么嘛呢]?[?？]"),
        back=re.compile(alternatives(parts["back"])),
        digest=digest,
    )
