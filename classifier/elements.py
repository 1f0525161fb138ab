"""The elements (要素) that the register asks for (办理登记): where, against whom, how much, when, how many, what was done before.

Each is quoted from the letter. Of the person only what an answer needs: whether a way to answer is given and whether a name stands,
never which. Division codes are those of ``divisions.csv``, which a county fills with its towns and villages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from msgspec import Struct

from classifier.explain import quote
from classifier.identity import COMPOUND, SURNAMES
from classifier.letter import Evidence, GroupSignal, Letter, Signals, document
from classifier.naming import Naming, load_naming
from classifier.signals.numerals import whole_number
from classifier.text import Reading, read

MOST = 8  # of one kind
_AMOUNT = re.compile(
    r"(?<![\d,])(?P<number>\d[\d,]*(?:\.\d+)?|[一二两三四五六七八九十百千万零〇]{2,10})(?P<some>[余多来几])?(?P<scale>[万亿千百])?(?P<more>[余多])?(?:元|块钱?|圆)"
)
_DATE = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})\s?[年./-]\s?)(?:(?P<month>1[0-2]|0?[1-9])(?:\s?[月./-]\s?(?:(?P<day>3[01]|[12]\d"
    r"|0?[1-9])[日号]?)?)?(?!\d))?"
    r"|(?P<only_month>1[0-2]|0?[1-9])月(?P<only_day>3[01]|[12]\d|0?[1-9])[日号]"
)
_ASKED = re.compile(
    r"(?:打了?|拨打|致电)[^，。,；;]{0,8}(?:12345|热线|电话)|(?:多次|曾|曾经|已经?|一直|反复|去年|上次|之前"
    r"|先后)[^，。,；;]{0,12}(?:反映|投诉|信访|上访|举报|报警|报案|起诉|申请|找过?|咨询|来信|写信)"
    r"|(?:找|去|到|向|跟)[^，。,；;]{2,16}(?:反映|投诉|问过?(?!题|号)|申请|报案|协商|讨要|咨询|举报|要过)(?:过|了)?|12345|信访件|信访局?答复"
)
_ANSWERED = re.compile(
    r"(?<![请望待])(?:答复|回复(?!我|[,，]?(?:感谢|谢谢))|告知(?!广大|大家)|答复意见|处理意见|决定书|认定书)[^。！？!?；;]{2,40}|(?:没有|没|未|无|不予|至今没?)[^，。,]{0,6}"
    r"(?:答复|回复|回音|结果|下文|处理|受理|解决)|石沉大海|不了了之"
)
_CONTACT = re.compile(
    r"(?:\d[ -]?){7,}\d|[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}\.[a-z]+|(?:电话|手机|微信|qq"
    r"|邮箱)[是为:：]?\s?[\da-z*]{5,}",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?:我叫|姓名|联系人|申请人|投诉人|举报人|反映人|信访人|此致敬礼|敬礼|署名|落款)[是为:：\s]{{0,3}}(?:{COMPOUND}"
    rf"|[{SURNAMES}])[一-鿿某]{{1,2}}(?![一-鿿])|实名"
    rf"|\n\s*(?:{COMPOUND}|[{SURNAMES}])[一-鿿某]{{1,2}}\s*(?:$|\n)"
)
_SCALES = {"万": 10_000, "亿": 100_000_000, "千": 1000, "百": 100}


class Signed(StrEnum):
    """Whether the writer gives a name: a fact about the letter, no reason to treat it otherwise (《信访工作条例》 Art. 22)."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    UNCLEAR = "unclear"


class Amount(Struct, frozen=True, gc=False):
    """Money; ``yuan`` is None where the letter gives no exact sum."""

    yuan: float | None
    evidence: Evidence


class Day(Struct, frozen=True, gc=False):
    """A date as far as it is written: ``2019``, ``2019-08``, ``2019-08-14`` or ``--08-14`` (ISO 8601)."""

    value: str
    evidence: Evidence


class Division(Struct, frozen=True, gc=False):
    """A province, county, town or village that the letter names, by its code (``classifier.divisions``)."""

    code: str
    evidence: Evidence


class Elements(Struct, frozen=True, gc=False):
    """What the register asks for, each with its quoted words.

    ``head_counts`` are those of the signals, ``answerable`` says that a way to answer is given.
    """

    places: tuple[Evidence, ...] = ()
    divisions: tuple[Division, ...] = ()
    counterparties: tuple[Evidence, ...] = ()
    amounts: tuple[Amount, ...] = ()
    dates: tuple[Day, ...] = ()
    head_counts: GroupSignal = GroupSignal()
    earlier: tuple[Evidence, ...] = ()
    answers: tuple[Evidence, ...] = ()
    answerable: bool = False
    signed: Signed = Signed.UNCLEAR


@cache
def _shipped() -> Naming:
    return load_naming()


def read_elements(letter: Letter, signals: Signals, names: Iterable[str], words: Naming | None = None) -> Elements:
    """The elements of a letter whose ``signals`` and ``names`` of places and firms (``grouping.names``) are known.

    ``words`` are the county's, else the shipped ones.

    >>> letter = Letter("1", "2019年8月起，幸福砖厂拖欠我工资3.2万元，打过12345热线，没有答复。")
    >>> found = read_elements(letter, Signals(), ["幸福砖厂"])
    >>> found.amounts[0].yuan, found.dates[0].value, found.counterparties[0].text, found.earlier[0].text
    (32000.0, '2019-08', '幸福砖厂', '打过12345热线')
    """
    reading = read(document(letter.title, letter.text))
    words, text = words or _shipped(), reading.text
    named = [span for name in names if (span := words.span(text, name))]

    def quotes(places: Iterable[tuple[int, int]]) -> tuple[Evidence, ...]:
        return _once([quote(reading, letter, start, end) for start, end in places])

    firms = [span for span in named if words.counterparty_end.search(text, *span)]
    return Elements(
        places=quotes(span for span in named if span not in firms and words.place_end.search(text, *span)),
        divisions=_divisions(words, reading, letter),
        counterparties=quotes([*firms, *(one.span() for one in words.party.finditer(text))]),
        amounts=tuple(Amount(_yuan(one), quote(reading, letter, *one.span())) for one in _first(_AMOUNT, text)),
        dates=tuple(Day(_iso(one), quote(reading, letter, *one.span())) for one in _first(_DATE, text)),
        head_counts=signals.group,
        earlier=quotes(one.span() for one in _ASKED.finditer(text)),
        answers=quotes(one.span() for one in _ANSWERED.finditer(text)),
        answerable=re.search(r"[\d@]", letter.sender or "") is not None or _CONTACT.search(text) is not None,
        signed=_signed(reading, letter, signals),
    )


def _divisions(words: Naming, reading: Reading, letter: Letter) -> tuple[Division, ...]:
    """Each division once, in the order of the letter."""
    named = {code: (start, end) for start, end, code in reversed(words.divisions.find(reading.text))}
    return tuple(Division(code, quote(reading, letter, *place)) for code, place in reversed(named.items()))[:MOST]


def _first(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    return list(pattern.finditer(text))[:MOST]


def _once(found: list[Evidence]) -> tuple[Evidence, ...]:
    """Each wording once, in order."""
    return tuple({one.text: one for one in reversed(found)}.values())[::-1][:MOST]


def _yuan(found: re.Match[str]) -> float | None:
    if found["some"] in ("几",):
        return None
    written = found["number"]
    number = float(written.replace(",", "")) if written[0].isdigit() else whole_number(written)
    return None if number is None else round(number * _SCALES.get(found["scale"] or "", 1), 2)


def _iso(found: re.Match[str]) -> str:
    if found["only_month"]:
        return f"--{int(found['only_month']):02d}-{int(found['only_day']):02d}"
    parts = [found["year"], *(f"{int(found[name]):02d}" for name in ("month", "day") if found[name])]
    return "-".join(parts)


def _signed(reading: Reading, letter: Letter, signals: Signals) -> Signed:
    if signals.anonymous:
        return Signed.ANONYMOUS
    return Signed.NAMED if letter.sender or _NAMED.search(reading.text) else Signed.UNCLEAR
