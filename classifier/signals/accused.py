"""The unit or office an accusation (检举控告) complains of, so that the letter never reaches it (《信访工作条例》 Art. 30).

It errs on the side of naming a party in a true accusation: a department too many only costs a detour over the
discipline organ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from classifier.departments import Department
from classifier.letter import AccusedParty, Purpose
from classifier.signals.terms import Hit, Quote, Term, Terms, sentence

_OFFICES = """
局长 副局长 书记 副书记 主任 副主任 所长 副所长 科长 副科长 股长 处长 队长 副队长 大队长 中队长 站长 院长
校长 园长 镇长 副镇长 乡长 副乡长 县长 副县长 区长 副区长 市长 村长 支书 会计 出纳 庭长 法官 检察官
民警 警官 警察 辅警 部长 副部长 主席 副主席 指挥长 经理 董事长 厂长 班长 社长 参谋 驻矿员 税管员 助理员
工作人员 执法人员 办案人员 经办人 经办人员 负责人 领导 干部 人员 职工 专干 文书 组长 窗口长 秘书长 理事长 主管 稽查
网格员 馆长 校领导 院领导 局领导
"""
OFFICE = "(?:" + "|".join(sorted(set(_OFFICES.split()), key=lambda office: (-len(office), office))) + ")"
_PERSON = (
    rf"(?:[^。,，!！?？;；、:：(（]{{0,10}}?{OFFICE}(?:[\u4e00-\u9fff]某{{1,2}})?|的?[老小][\u4e00-\u9fff](?![\u4e00-\u9fff]?们)"
    r"|[^。,，、:：的]{0,4}的人|某某?|[一两二三]名|有人|里有人|内部|的[\u4e00-\u9fff]{2}(?=每|收|说|把|拿|叫|带|交|要|让))"
)
_PERSON_AFTER = re.compile(_PERSON)
_PERSON_BEFORE = re.compile(rf"{OFFICE}[(（][^)）]{{0,4}}$")  # 阮书记（县纪委）
_IS_PERSON = re.compile(rf"{OFFICE}$")  # the name is an office already: 村支书
_BARE_OFFICE = re.compile(rf"(?<![\u4e00-\u9fff])(?:[\u4e00-\u9fff]{{0,8}}?)?{OFFICE}(?:[\u4e00-\u9fff]某{{1,2}})?")

_GREETED = re.compile(r"尊敬|敬爱|各位|上级|请求|希望|恳请|^领导$")  # who is written to, not who is written about

_ASKED_BEFORE = re.compile(
    r"(?:请求?|恳请|恳求|希望|盼|望|建议|由|向|致|尊敬的|呈|上报|交由?|移交|移送|转交?|求|感谢|麻烦|信任)[^。,，!！?？;；、:：]{0,6}$"
)
# whom the writer met or was sent to is accused only where a person is named
_MET_BEFORE = re.compile(r"(?:让|找|去|到|跟|给|通过|拨打|打|问|报)[^。,，!！?？;；、:：]{0,4}$")
_TO_COMPLAIN_AFTER = re.compile(r"举报|反映|告|投诉|信访|上访|控告|报案|查|处分|受理|答复|回复")
_LOOKS_INTO = re.compile(r"(?<![检巡])查|受理|介入|处理|督办")  # between a discipline organ and the office of the one it looks into
_NOT_TO_BEFORE = re.compile(r"(?:别|不要|勿|莫|不能|不得|不应|不想|不敢|不可)[^。!！?？;；]{0,8}$")
# a letter that must not be passed on to a unit, whoever it is
_NOT_PASSED_TO = re.compile(
    r"(?:别|不要|不用|勿|莫|不能|不得|不应|不可)[^。,，!！?？;；]{0,10}(?:转|交|批|送|发|给|让|由)[^。,，!！?？;；]{0,3}$"
)
_AGAINST_BEFORE = re.compile(r"(?:举报|检举|控告|揭发|状告|投诉|查处|查一查|查查|追究|严查|彻查)[^。,，!！?？;；]{0,8}$")
_ADDRESS_AFTER = re.compile(
    r"^的?(?:各位)?(?:领导|同志)?(?:[::]|您好|你好|介入|查处|查清|核查|核实|彻查|严查|调查|受理|立案|处理|派人|派员|派驻|出面|过问"
    r"|给予|予以|督办|牵头)"
)
_DOUBT = re.compile(r"难道|是不是|有没有|莫非|不成|[吗么嘛呢]?[?？]|怀疑|听说|据说")
_SPEAKING = frozenset({"misconduct", "improper", "inquiry"})  # values of rows that speak of wrongs; the others name departments
BEHIND = 4  # characters between a unit and the wrong that it does: 某局公然套取
_SERVED = frozenset({"JWJW"})  # whom accusers write to: named alone, it is the addressee


@dataclass(frozen=True, slots=True)
class _Mention:
    """A department's name in the document, with the person named after it (``end`` includes the person)."""

    department: str
    start: int
    end: int
    person: bool


class Parties:
    """Finds accused units under all their names."""

    def __init__(self, departments: Mapping[str, Department]) -> None:
        self._names = Terms(
            Term(0, "name", code, tuple({department.name, *department.aliases})) for code, department in departments.items()
        )

    def read(self, document: str, hits: Sequence[Hit], purpose: str, quote: Quote) -> tuple[AccusedParty, ...]:
        """The parties an accusation names; none where the letter neither is an accusation nor speaks like one."""
        wrongs = [hit for hit in hits if hit.value == "misconduct"]
        accusation = purpose == Purpose.ACCUSE
        inquiry = any(hit.value == "inquiry" for hit in hits)
        if not accusation and not any(hit.value in _SPEAKING for hit in hits):
            return ()
        further = [hit for hit in hits if hit.value not in _SPEAKING]
        mentions = _longest([*self._names.find(document).get("name", ()), *further], document)
        found = [mention for mention in mentions if _accused(document, mention, wrongs, accusation, inquiry)]
        parties: dict[str, _Mention] = {}
        for mention in found:
            parties.setdefault(mention.department, mention)
            if mention.person and not parties[mention.department].person:
                parties[mention.department] = mention
        answer = [_party(document, mention, quote) for mention in parties.values()]
        if not answer and (accusation or inquiry):
            answer = list(_offices(document, wrongs, accusation, quote))
        improper = [*wrongs, *(hit for hit in hits if hit.value == "improper")]
        suspected = {
            m.department: m for m in reversed(mentions) if m.department not in parties and _suspected(document, m, improper)
        }
        return (*answer, *(_party(document, mention, quote, certain=False) for mention in suspected.values()))


def _longest(hits: Sequence[Hit], document: str) -> list[_Mention]:
    """The names that stand in no longer name, in document order, each with the person named after it."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not (kept and hit.end <= kept[-1].end):
            kept.append(hit)
    mentions = []
    for hit in kept:
        person = _PERSON_AFTER.match(document, hit.end, hit.end + 14)
        named = (
            person
            or _PERSON_BEFORE.search(document, max(0, hit.start - 6), hit.start)
            or _IS_PERSON.search(document, hit.start, hit.end)
        )
        mentions.append(_Mention(hit.value, hit.start, person.end() if person else hit.end, named is not None))
    return mentions


def _accused(document: str, mention: _Mention, wrongs: Sequence[Hit], accusation: bool, inquiry: bool) -> bool:
    left, right = sentence(document, mention.start, mention.end)
    before = document[max(left, mention.start - 12) : mention.start]
    after = document[mention.end : right]
    if _AGAINST_BEFORE.search(before):
        return accusation or _wronged(document, left, right, wrongs)
    if accusation and _NOT_TO_BEFORE.search(before) and (mention.department not in _SERVED or mention.person):
        return True
    if accusation and _NOT_PASSED_TO.search(before):
        return True
    if _ASKED_BEFORE.search(before) or _ADDRESS_AFTER.match(after) or (_MET_BEFORE.search(before) and not mention.person):
        return False
    if accusation:
        return mention.person or mention.department not in _SERVED or _does_wrong(mention, wrongs)
    return mention.person and (inquiry or _wronged(document, left, right, wrongs))


def _suspected(document: str, mention: _Mention, improper: Sequence[Hit]) -> bool:
    """Whether the department stands in one sentence with misconduct, other than as the one asked to look into it."""
    left, right = sentence(document, mention.start, mention.end)
    if not any(left <= wrong.start < right for wrong in improper):
        return False
    before, after = document[max(left, mention.start - 12) : mention.start], document[mention.end : right]
    if _NOT_PASSED_TO.search(before):
        return True
    if mention.department in _SERVED:
        if _ASKED_BEFORE.search(before) or _LOOKS_INTO.search(document, mention.start, mention.end):
            return False
        met = _MET_BEFORE.search(before) and not _TO_COMPLAIN_AFTER.search(after)
        return bool(mention.person or met) or _does_wrong(mention, improper)
    asked = _ASKED_BEFORE.search(before) or _ADDRESS_AFTER.match(after)
    return mention.person or not asked


def _does_wrong(mention: _Mention, wrongs: Sequence[Hit]) -> bool:
    """Whether a wrong is told of the unit itself, in the words right behind its name."""
    return any(0 <= wrong.start - mention.end <= BEHIND for wrong in wrongs)


def _wronged(document: str, left: int, right: int, wrongs: Sequence[Hit]) -> bool:
    """Whether the sentence tells of a wrong, and does not merely ask or wonder about one."""
    if not any(left <= wrong.start < right for wrong in wrongs):
        return False
    return _DOUBT.search(document, left, right + 1) is None


def _offices(document: str, wrongs: Sequence[Hit], accusation: bool, quote: Quote) -> Iterator[AccusedParty]:
    """The office named in a sentence that tells of a wrong, where no department of ours is named."""
    for wrong in wrongs:
        left, right = sentence(document, wrong.start, wrong.end)
        offices = _BARE_OFFICE.finditer(document, left, right)
        office = next((found for found in offices if not _GREETED.search(found.group())), None)
        if office and (accusation or _wronged(document, left, right, wrongs)):
            yield AccusedParty(office.group(), None, (quote(*office.span()), quote(wrong.start, wrong.end)))
            return


def _party(document: str, mention: _Mention, quote: Quote, *, certain: bool = True) -> AccusedParty:
    place = mention.start, mention.end
    return AccusedParty(document[slice(*place)], mention.department, (quote(*place),), certain)
