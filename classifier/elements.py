"""The elements (要素) that registering a letter asks for (办理登记): where, against whom, how much, when, how many, what was done before.

Each is quoted from the letter. Of the person only what an answer needs: whether a way to answer is given and whether a name stands,
never which. Division codes are left to the office: no list of them is shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from classifier.explain import quote
from classifier.identity import COMPOUND, SURNAMES
from classifier.letter import Evidence, GroupSignal, Letter, Signals, document
from classifier.signals.numerals import whole_number
from classifier.text import Reading, read

MOST = 8  # of one kind

_PLACE = re.compile(
    r"(?:[一-鿿]{2,3}?(?:省|自治区))?(?:[一-鿿]{2,5}?(?:市|州|盟))?(?:[一-鿿a-z]{1,5}?(?:区|县|旗))?(?:[一-鿿]{1,5}?(?:镇|乡|街道))?"
    r"(?:[一-鿿\d]{2,8}?(?:村|社区|小区|花园|家园|嘉园|公馆|新城|大厦|广场|工业园|开发区|路|大道|街|巷))?"
)
_PLACE_END = re.compile(r"(?:区|县|旗|镇|乡|街道|村|社区|小区|花园|家园|嘉园|公馆|新城|大厦|工业园|开发区|路|大道|巷)$")
_BEFORE_PLACE = re.compile(r"^(?:请求|反映|投诉|举报|咨询|我们?是|我们?住在?|住在?|位于|家住|地处|关于|本人|我[在系]|现住|在|由|到|去|对|的|和|与|及)+")
_FIRM = re.compile(
    r"[一-鿿]{2,14}?(?:有限责任公司|股份有限公司|有限公司|集团|公司|开发商|工厂|化工厂|砖厂|煤矿|矿业|物业|合作社|医院|诊所|幼儿园|学校|中学|小学|培训机构|驾校|银行"
    r"|信用社|饭店|酒店|超市|商场|市场|工地|项目部|村委会|居委会|指挥部|街道办事处?|政府|局|派出所|法院)"
)
_NOT_IN_FIRM = re.compile(
    r"^(?:请求?|希望|恳请|反映|投诉|举报|咨询|我们?|本人|现在|但是|因为|由于|这个|那个|当地|有关|相关|向|找|去|到|在|被|把|和|与|及|的|了|是|说|让|给|对|从|等|为|就|都|还|也)+"
)
_AMOUNT = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?|[一二两三四五六七八九十百千万零〇]{1,10})(?P<some>[余多来几])?(?P<scale>[万亿千百])?(?P<more>[余多])?(?:元|块钱?|圆)")
_DATE = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})\s?[年./-]\s?)(?:(?P<month>1[0-2]|0?[1-9])(?:\s?[月./-]\s?(?:(?P<day>3[01]|[12]\d|0?[1-9])[日号]?)?)?(?!\d))?"
    r"|(?P<only_month>1[0-2]|0?[1-9])月(?P<only_day>3[01]|[12]\d|0?[1-9])[日号]"
)
_ASKED = re.compile(
    r"(?:打了?|拨打|致电)[^，。,；;]{0,8}(?:12345|热线|电话)|(?:多次|曾|曾经|已经?|一直|反复|去年|上次|之前|先后)[^，。,；;]{0,12}(?:反映|投诉|信访|上访|举报|报警|报案|起诉|申请|找过?|咨询|来信|写信)"
    r"|(?:找|去|到|向|跟)[^，。,；;]{2,16}(?:反映|投诉|问过?|申请|报案|协商|讨要|咨询|举报|要过)(?:过|了)?|12345|信访件|信访局?答复"
)
_ANSWERED = re.compile(
    r"(?:答复|回复|告知|告诉我们?|说是?|称|表示|认定|处理意见|决定书|回应)[^。！？!?；;]{2,40}|(?:没有|没|未|无|不予|至今没?)[^，。,]{0,6}(?:答复|回复|回音|结果|下文|处理|受理|解决)|石沉大海|不了了之"
)
_CONTACT = re.compile(r"(?:\d[ -]?){7,}\d|[a-z0-9._%+-]+@[a-z0-9-]+\.[a-z]+|(?:电话|手机|微信|qq|邮箱)[是为:：]?\s?[\da-z*]{5,}", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?:我叫|姓名|联系人|申请人|投诉人|举报人|反映人|信访人|此致敬礼|敬礼|署名|落款)[是为:：\s]{{0,3}}(?:{COMPOUND}|[{SURNAMES}])[一-鿿某]{{1,2}}(?![一-鿿])|实名"
    rf"|\n\s*(?:{COMPOUND}|[{SURNAMES}])[一-鿿某]{{1,2}}\s*(?:$|\n)"
)
_SCALES = {"万": 10_000, "亿": 100_000_000, "千": 1000, "百": 100}


class Signed(StrEnum):
    """Whether the writer gives a name: a fact about the letter, no reason to treat it otherwise (《信访工作条例》 Art. 22)."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Amount:
    """Money; ``yuan`` is None where the letter gives no exact sum."""

    yuan: float | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is written: ``2019``, ``2019-08``, ``2019-08-14`` or ``--08-14`` (ISO 8601)."""

    value: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Elements:
    """What the register asks for, each with its quoted words; ``people`` are the head counts of the signals."""

    places: tuple[Evidence, ...] = ()
    counterparties: tuple[Evidence, ...] = ()
    amounts: tuple[Amount, ...] = ()
    dates: tuple[Day, ...] = ()
    people: GroupSignal = field(default_factory=GroupSignal)
    earlier: tuple[Evidence, ...] = ()
    answers: tuple[Evidence, ...] = ()
    contact: bool = False
    signed: Signed = Signed.UNCLEAR


def read_elements(letter: Letter, signals: Signals) -> Elements:
    """The elements of a letter whose ``signals`` are known.

    >>> found = read_elements(Letter("1", "2019年8月起，青川镇幸福砖厂拖欠我工资3.2万元，打过12345热线，没有答复。"), Signals())
    >>> found.amounts[0].yuan, found.dates[0].value, found.counterparties[0].text, found.earlier[0].text
    (32000.0, '2019-08', '幸福砖厂', '12345')
    """
    reading = read(document(letter.title, letter.text))
    text = reading.text

    def quotes(places: Iterator[tuple[int, int]]) -> tuple[Evidence, ...]:
        return _once([quote(reading, letter, start, end) for start, end in places])

    return Elements(
        places=quotes(_places(text)),
        counterparties=quotes(_trimmed(text, _FIRM, _NOT_IN_FIRM)),
        amounts=tuple(Amount(_yuan(one), quote(reading, letter, *one.span())) for one in _first(_AMOUNT, text)),
        dates=tuple(Day(_iso(one), quote(reading, letter, *one.span())) for one in _first(_DATE, text)),
        people=signals.group,
        earlier=quotes(one.span() for one in _ASKED.finditer(text)),
        answers=quotes(one.span() for one in _ANSWERED.finditer(text)),
        contact=bool(letter.sender and re.search(r"[\d@]{1}", letter.sender)) or _CONTACT.search(text) is not None,
        signed=_signed(reading, letter, signals),
    )


def _places(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text):
        found = _PLACE.match(text, at)
        if found is None or found.end() == at:
            at += 1
            continue
        start, end = found.span()
        lead = _BEFORE_PLACE.match(text[start:end])
        start += lead.end() if lead else 0
        if end - start >= 3 and _PLACE_END.search(text[start:end]):
            yield start, end
        at = end


def _trimmed(text: str, pattern: re.Pattern[str], lead: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for found in pattern.finditer(text):
        start, end = found.span()
        if before := lead.match(found.group()):
            start += before.end()
        cut = max(text.rfind(mark, start, end - 1) for mark in "镇村区县市省乡的在被和与给找向去到把")
        start = max(start, cut + 1)
        if end - start >= 3:
            yield start, end


def _first(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    return list(pattern.finditer(text))[:MOST]


def _once(found: list[Evidence]) -> tuple[Evidence, ...]:
    """Each wording once, in order."""
    return tuple({one.text: one for one in reversed(found)}.values())[::-1][:MOST]


def _yuan(found: re.Match[str]) -> float | None:
    if found["some"] in ("几",):
        return None
    number: float | None
    if found["number"][0].isdigit():
        number = float(found["number"].replace(",", ""))
    else:
        number = whole_number(found["number"])
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
