"""The extract (摘录) that a receiving unit gets: the letter without what points to a person.

Names, numbers, birth dates, addresses finer than village, estate or building, health and minors give way to a word in
brackets that says what stood there. Rules miss what nothing announces, so an extract is still personal information
(《个人信息保护法》 Art. 4, 73): whoever sends it on reads it first. Nothing is guessed or added; the letter stays as it came.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from classifier.identity import COMPOUND, SURNAMES, hidden_places
from classifier.letter import Letter, Matter
from classifier.persons import Persons, load_persons
from classifier.text import Reading, read

NAME, NUMBER, ADDRESS, HEALTH, MINOR, BIRTH = "姓名", "号码", "住址", "健康情况", "未成年人", "出生日期"
HEALTH_NEEDED = ("HEALTH.", "SOCSEC.", "LABOR.INJURY", "SPECGRP.")  # matters that cannot be answered without the illness
ADULT = 18
LONGEST = 25  # characters of a name or an account

_DIGIT = "[0-9零〇一二三四五六七八九幺]"
_LONG_NUMBER = re.compile(rf"(?<!\d)(?:\+?86[- ]?)?{_DIGIT}(?:[-— .·_*]{{0,2}}{_DIGIT}){{6,24}}[xX]?(?!\d)")
_MASKED_NUMBER = re.compile(r"(?<!\d)\d{2,}\*{2,}\d*")
_MAIL = re.compile(
    r"[a-z0-9._%+-]{1,64}\s?(?:[@＠]|#(?=[a-z0-9-]{1,63}\.)|\sat\s)\s?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+", re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"(?:微信|v信|薇信|(?<![a-z])(?:wx|vx|wechat|v)(?=号|[是为:：])|qq|扣扣|抖音|快手|账号|帐号|卡号|户名|支付宝|护照|工号|学号|住院号"
    r"|病历号|病案号|准考证号?)(?:群|号|号码)?[是为叫:：\s]{0,3}([a-z0-9][a-z0-9_ -]{3,28}[a-z0-9])",
    re.IGNORECASE,
)
_PAPER = re.compile(  # a credit code, a passport, the last figures of a card
    r"(?<![a-z0-9])[0-9a-z]{2}\d{6}[0-9a-z]{10}(?![a-z0-9])|(?<![a-z0-9])[a-z]{1,2}\d{7,10}(?!\d)"
    r"|(?:(?<=后[四六46]位)|(?<=尾号)|(?<=末四位))(?:数|号码)?[是为:：\s]{0,3}\d{3,6}x?",
    re.IGNORECASE,
)
_FIGURES = "[零〇一二三四五六七八九十0-9]"
_DAY = rf"{_FIGURES}{{2,4}}\s?[年./-]\s?{_FIGURES}{{1,3}}(?:\s?[月./-]\s?(?:{_FIGURES}{{1,3}}\s?[日号]?)?)?"
_BIRTH = re.compile(
    rf"(?:出生(?:日期|年月日?|时间|于)?|生日|生于)[是为在:：\s]{{0,3}}({_DAY})|({_DAY})(?=\s?(?:出生|生人|生[，,。；;)）\s]))"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[a-z]\s?[·.-]?\s?[a-z0-9]{4,6}[警学挂港澳]?"
    r"|(?<=车牌)(?:号码?)?[是为:：\s]{0,2}[a-z0-9·]{5,8}",
    re.IGNORECASE,
)
_RANGE = re.compile(  # a date, a span of years, from so many to so many: no telephone
    r"(?:19|20)\d{2}[-—.·](?:(?:19|20)\d{2}|\d{1,2}[-—.·]\d{1,2})|\d{1,5}[-—]\d{1,5}"
)
_NOT_A_NUMBER = re.compile(r"\s?(?:元|块|万|亿|亩|平|户|人|吨|公里|米|年)")
_COUNT = r"(?:\d{1,5}|[一二三四五六七八九十百]{1,4}|[a-z](?=[栋幢座]))"
_DOOR = re.compile(
    rf"(?<![\d月.])(?:[a-z]?第?{_COUNT}(?:#楼?(?!线|地铁)|号楼|号院|[栋幢](?!(?:居民|民|住宅)?楼(?!\d)|房|民宅|住宅|别墅)|座|单元"
    rf"|楼(?=\d|[一二三四五六七八九])|层(?=\d)|室(?!\d?[一二两三]?厅)|(?<=\d{{3}})房(?![子间产屋东贷价])|号房|号(?!线|文|公告|令|煤|地块|桥|路|地铁|出口|户型|门(?![面店牌]))|弄|门牌|组(?!织|长|成)|村民小组)[-—,，、\s]{{0,1}}(?:[之附][一二三\d])?)+"
    rf"(?:\d{{2,5}}室?|[东西中左右][户侧边])?|\d{{1,3}}[-—]\d{{1,3}}[-—]\d{{2,5}}(?!\d)|(?<=楼)[东西中左右]户"
)
_BUILDING = re.compile(rf"[a-z]?第?{_COUNT}(?:号楼|[栋幢座])[-—,，、\s]?")  # alone it is a hundred households, and often the matter
_LEGAL = re.compile(r"第?[〔\[(（]?\d{4}[〕\])）]?[^\s，。]{0,12}$|[发办函字通令][〔\[(（]\d{4}[〕\])）]$")
_ILL = re.compile(
    r"(?:[肝肺胃肠乳腺宫颈食道管鼻咽淋巴甲状胰前列膀胱直结脑眼骨肾卵巢皮肤喉舌口腔]{0,4}癌|(?:[一-鿿]{0,3}(?:肿瘤|白血病|尿毒症|血友病|再障))|精神(?:病|分裂症?|障碍)|抑郁症?|焦虑症|躁郁症|艾滋病?|hiv"
    r"|梅毒|[甲乙丙]型?肝炎?(?=[，,。、；;患病的感\s]|携带|$)|乙肝|丙肝|强直性脊柱炎|股骨头坏死|甲亢|肾病综合征|肾衰竭?|风湿性关节炎|肝硬化|肺结核|尘肺病?|矽肺|糖尿病"
    r"|高血压|心脏病|冠心病|脑梗死?|脑瘤|脑出血|脑瘫|中风|偏瘫|(?<![通施统络信路机备骚扰])瘫痪|截瘫|癫痫|帕金森|老年痴呆|阿尔茨海默病?|自闭症|孤独症"
    r"|唐氏综合征|红斑狼疮|植物人|透析|化疗|放疗"
    r"|流产|宫外孕|不孕不育?|怀孕|结扎|[一二三四1-4]级(?:肢体|视力|听力|言语|智力|精神|多重)?残疾?"
    r"|残疾[一二三四1-4]级|智力(?:残疾|障碍)|聋哑)",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"(?:今年|刚满|才|只有|未满|不满|不到)?(\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?"
    r"|[一二两三四五六七八九])(?:个?多?周?岁)半?(?!以[上下])"
)
_CLASS = re.compile(
    r"(?:小[一二三四五六](?![时天件块片步声])|(?<![年月历])初[一二三]|(?<![提最较更很不升增拔身])高[一二三](?![倍点些级层个次米])|(?<![民刑行商])[初高][1-3](?=[班学的])"
    r"|[一二三四五六七八九1-9]年级)(?:[（(]?[\d一二三四五六七八九十]{0,3}[）)]?班)?"
    r"|(?<![\d一-鿿])[\d一二三四五六七八九十]{1,2}班(?=的|学生|小)|(?<=[校学园])\d{3,4}班|(?<=幼儿园)[大中小]\d?班"
)
_NUMERALS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}

Place = tuple[int, int, str]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Extract:
    """What may be sent on: title and text with bracketed words in place of what was hidden, and how often each kind was."""

    title: str
    text: str
    hidden: dict[str, int]


def extract(
    letter: Letter,
    matter: Matter | None = None,
    *,
    first: bool = True,
    others: Sequence[Matter] = (),
    persons: Persons | None = None,
) -> Extract:
    """The extract of a letter, or of one ``matter`` of it; the ``first`` has the title and lacks the words of the ``others``.

    ``persons`` finds names by the county's words, else by the shipped ones.

    >>> extract(Letter("1", "我叫王铁柱，住锦绣花园3栋2单元501，电话13800001234，请修电梯。")).text
    '我叫〔姓名〕，住锦绣花园〔住址〕，电话〔号码〕，请修电梯。'
    """
    needs_health = matter is not None and matter.category.startswith(HEALTH_NEEDED)
    persons = persons or _shipped()
    names, hidden = _names_of(letter, persons), Counter[str]()
    kept = _without((0, len(letter.text)), [other.span for other in others])
    if matter is not None and not first:
        kept = [matter.span]
    title = _redacted(letter.title if first else "", [(0, len(letter.title))], names, hidden, persons, needs_health=needs_health)
    return Extract(title, _redacted(letter.text, kept, names, hidden, persons, needs_health=needs_health), dict(hidden))


def _without(whole: Span, gaps: Sequence[Span]) -> list[Span]:
    kept, at = [], whole[0]
    for start, end in sorted(gaps):
        kept.append((at, start))
        at = max(at, end)
    return [(start, end) for start, end in [*kept, (at, whole[1])] if start < end]


@cache
def _shipped() -> Persons:
    return load_persons()


def _names_of(letter: Letter, persons: Persons) -> frozenset[str]:
    """The sender's and every announced name; they are hidden wherever they stand."""
    named: set[str] = set()
    found = set(re.findall(rf"(?:{COMPOUND}|[{SURNAMES}])[一-鿿]{{1,2}}(?![一-鿿])", letter.sender or ""))
    for text in {letter.title, letter.text, read(f"\n{letter.title}").text[1:], read(f"\n{letter.text}").text[1:]}:
        found |= {text[start:end] for start, end in hidden_places(text)}
        named |= persons.names(text)
    return frozenset(name for name in found if 2 <= len(name) <= LONGEST and not persons.is_word(name)) | named


def _redacted(
    text: str, kept: Sequence[Span], names: frozenset[str], hidden: Counter[str], persons: Persons, *, needs_health: bool
) -> str:
    """The kept characters of a text as sent, with each place to hide as a word in brackets."""
    reading = read(f"\n{text}")  # an empty title; positions count from the newline
    places: list[Place] = []
    for first, last, kind in _merged(_places(reading, names, persons, needs_health=needs_health)):
        left, right = reading.span(first, last)
        places.append((left - 1, right - 1, kind))
    pieces: list[str] = []
    for start, end in kept:
        at = start
        for left, right, kind in places:
            if right > at and left < end:
                pieces += [text[at : max(left, at)], f"〔{kind}〕"]
                hidden[kind] += 1
                at = right
        pieces.append(text[at:end])
    return "".join(pieces)


def _places(reading: Reading, names: frozenset[str], persons: Persons, *, needs_health: bool) -> Iterator[Place]:
    text = reading.text
    for length in {len(name) for name in names}:  # one walk a length: a letter may name a thousand people
        found = (at for at in range(len(text) - length + 1) if text[at : at + length] in names)
        yield from ((at, at + length, _kind(text[at : at + length])) for at in found)
    for start, end in hidden_places(text):
        if not persons.is_word(text[start:end]):
            yield start, end, _kind(text[start:end])
    for pattern in (_LONG_NUMBER, _MASKED_NUMBER):
        for one in pattern.finditer(text):
            if not _RANGE.fullmatch(one.group()) and not (
                _NOT_A_NUMBER.match(text, one.end()) and sum(map(str.isdigit, one.group())) < 9
            ):
                yield one.start(), one.end(), NUMBER
    yield from ((one.start(), one.end(), NUMBER) for pattern in (_MAIL, _PAPER, _PLATE) for one in pattern.finditer(text))
    yield from ((*one.span(1), NUMBER) for one in _ACCOUNT.finditer(text))
    yield from ((*one.span(one.lastindex or 0), BIRTH) for one in _BIRTH.finditer(text))
    for one in _DOOR.finditer(text):
        if not _BUILDING.fullmatch(one.group()) and not _LEGAL.search(text, max(0, one.start() - 20), one.start()):
            yield one.start(), one.end(), ADDRESS
    if not needs_health:
        yield from ((one.start(), one.end(), HEALTH) for one in _ILL.finditer(text))
    yield from ((one.start(), one.end(), MINOR) for one in _AGE.finditer(text) if _years(one[1]) < ADULT)
    yield from ((one.start(), one.end(), MINOR) for one in _CLASS.finditer(text))


def _kind(name: str) -> str:
    """What was found among names: an account or a plate is a number."""
    return NUMBER if any(map(str.isdecimal, name)) or "@" in name or "_" in name else NAME


def _merged(places: Iterable[Place]) -> list[Place]:
    """In order, overlapping and touching places as one, of the kind that begins it."""
    merged: list[Place] = []
    for start, end, kind in sorted(places, key=lambda place: (place[0], -place[1])):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), merged[-1][2])
        else:
            merged.append((start, end, kind))
    return merged


def _years(text: str) -> int:
    """An age in figures or in Chinese numerals below a hundred."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_NUMERALS.get(tens, 1) * 10 if ten else 0) + _NUMERALS.get(ones, 0)
