"""Numbers of people and households in a document, and what each number is: who writes, who is touched, or neither.

The traps: household size, floor plans, the size of an estate, other people's numbers, votes, fractions, quoted headlines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from classifier.signals.numerals import whole_number

LEFT, RIGHT = 22, 18  # characters read on either side of a number
FEWEST = 2  # one household or one owner is nobody's group

_ROLE_WORDS = """
业主 住户 居民 村民 农民 农户 社员 群众 老乡 乡亲 工人 民工 临时工 工友 职工 员工 同事 护工
家长 商户 店主 摊主 车主 司机 驾驶员 教师 老师 村医 医生 战友 老兵 退伍 退役 移民 拆迁户 回迁
贫困户 养殖户 种植户 买受人 购房者 购房人 购房户 租户 受害 会员 学员 患者 病友 老人 投资人 集资 债权人 股东
代表 团员 党员 女工 学生 儿童 孩子 人员 成员 退休 下岗 失地 消费者 用户 工匠 师傅 期满 家庭
"""
ROLES = "(?:" + "|".join(sorted(set(_ROLE_WORDS.split()))) + ")"

_NUMERAL = r"(?<![数几第\d])(?:\d[\d,]*|[一二两三四五六七八九十百千万〇零]+)"
_UNIT = (  # what is counted, and what may not follow for it to be people
    rf"户(?!型|口本?|籍|外|名|头|主)|[名位](?!额|于|置)|口人|人(?!次|民|大|均(?![为系是])|力|工(?!作)|口)"
    rf"|个(?={ROLES}|人(?!都|性|情|信)|签名|被|尘)|家(?=[的,，。(（、]|{ROLES})|(?<=[余多万千百])(?=(?:拆迁|失地|下岗|退休)?{ROLES})"
)
_COUNT = re.compile(rf"(?P<number>{_NUMERAL})(?P<some>[余多来]{{0,2}})(?P<plan>[万千百]?)[余多]?(?P<unit>{_UNIT})")
_NUMERALS = frozenset("0123456789,一二两三四五六七八九十百千万〇零余多来")
# where a count may end, quick to find: a numeral and the first character of what is counted; without one there is nothing to read
GATES = tuple(numeral + unit for numeral in sorted(_NUMERALS - {","}) for unit in "户名位口人个家村居老业农职工住员教退拆下失学")

_WE = re.compile(
    r"(?:我们|俺们|咱们|我等)(?:这|那|全体|所有|一共|共有|总共|大家|共计|原)?(?:[^，。,]{0,6}?(?:受买人|业主|村民|居民|职工|工友|住户)(?:一?共|共计|等)?)?$"
)
_SIGNERS = re.compile(
    r"(?:信访人|申请人|申诉人|投诉人|反映人|举报人|来信人|来访)[^。，,]{0,8}?(?:等|共|共计)?$|(?:签名|落款|征集到|登记表|登记在册|名册|以下)[^。，,]{0,6}$"
    r"|等$(?<=业主等|村民等|职工等)"
)
# 工友14人: these signed where the letter speaks of signatures
_ROLE_BEFORE = re.compile(rf"(?:{ROLES}|参与人|户)(?:共|共计|计|合计)?$")
_SIGNED = re.compile(
    r"联名|联署|签名|签字|手印|指印|按印|请愿|名册|名单|附表|授权|登记表|均[为系]|一[起同]来|回执|集体(?:反映|要求|写信)"
)
_PROXY = re.compile(r"(?:代表|作为|替)[^。,，!！?？]{0,10}$")
_RECEIVED = re.compile(r"受[^。,，!！?？]{0,10}$")
_ALL_OF_US = re.compile(
    r"(?:我|本|全|我们)(?:村|组|厂|班|校|队|公司|单位|小区|单元|栋)(?:共计?|共?有|现有|总共)?$"
    r"|(?:^|\D)(?:一共|共计|共有|总共|一共有)$"
)
_ENTRUSTED = re.compile(rf"^[^。,，!！?？]{{0,8}}(?:{ROLES})?[^。,，!！?？]{{0,4}}(?:委托|的?代表|(?:[(（]授权))")
_NOT_OURS_LEFT = re.compile(
    r"对方|打死|死亡|抓了?|拘留|仅有|总户数|规划|(?:小区|社区|全县|全市|全国|公司|学校|全校|厂里|[一二三四五]期)\S{0,3}?(?:一?共|总共|现有|只有|(?<!已)有)$|全国|容纳"
    r"|满足|核载|限载|超载|塞了|到会|出席|同意|参会|参加|发放到|公示|一家|家里|全家|我家|家有|家中|夫家|婆家|娘家|兄弟|姐妹|儿女|伙|车上|班上|班里|教过|带过"
    r"|(?:公司|单位|学校|医院|工厂)$|冒充|伪造|每|任何|多数|少数|连|其他|另外|另|第|选|招聘|招收|招|录取|编制|编|岗位|派|来了|留下|带着|纠集|出动|走了|有的|千家$|网上|网传|转发|消息说|据报|报道|新闻"
)
_NOT_OURS_RIGHT = re.compile(
    r"^(?:合伙|串通|围着|打我|殴打|确诊|死|伤|遇难|赞成|同意|反对票|用餐|同时|就餐|编制|标准|间|房|床|以上|以下|辅警|民警|警察|保安|干部|领导|委员|专家|评委|法官"
    r"|工作人员|城管|特警|领养|一组|一间|一辆|一桌)|^.{0,3}(?:一表|一车位|一电梯)|^[^。,，]{0,3}(?:溺水|溺亡|遇难|身亡)|^.{0,2}中(?:竟|有|的|[，,])"
)
_TITLE_QUOTE = re.compile(r"[《“\"「][^》”\"」]*$")
_CLAUSE = re.compile(r"[。,，!！?？;；]")
_SENTENCE = re.compile(r"[。!！?？;；]")
_ROLE_AFTER = re.compile(rf"的?[^,，。!！?？、;；(（]{{0,5}}?{ROLES}")
_REPRESENTATIVE = re.compile(r"[^,，。]{0,4}代表|签名")


class Kind(StrEnum):
    """What a number of people in a letter is."""

    SIGNED = "signed"  # who wrote or signed together (信访人数)
    SPOKEN_FOR = "spoken for"  # for whom a representative writes (涉及人数, and a joint letter)
    OURS = "ours"  # we are so many households: touched, and speaking as a group
    TOUCHED = "touched"  # said to be affected (涉及人数)


class Count(Struct, frozen=True, gc=False):
    """A number of people with its kind; ``start:end`` are its characters in the document."""

    number: int
    kind: Kind
    start: int
    end: int
    representative: bool = False  # these signed for others, or only their signatures are counted


def find_counts(document: str, gates: Sequence[int] | None = None) -> list[Count]:
    """The numbers of people in the document that say something about who writes or who is touched.

    ``gates`` are the places of all ``GATES`` in the document, in order, where they are known already.

    >>> [(count.number, count.kind.value) for count in find_counts("我们三个人代表桂花新村134户(授权表附后)反映")]
    [(3, 'signed'), (134, 'spoken for')]
    >>> find_counts("小区共2300户，我家一家五口住120户型")
    []
    """
    if gates is None:
        gates = [place for place in range(len(document)) if document[place : place + 2] in GATES]
    return list(_read(document, gates)) if gates else []


def _read(document: str, gates: Sequence[int]) -> Iterator[Count]:
    read_to = 0
    for gate in gates:
        start = gate + 1
        while start > read_to and document[start - 1] in _NUMERALS:
            start -= 1
        while document[start] in ",余多来":
            start += 1
        found = _COUNT.match(document, start)
        if found is None:
            continue
        read_to = found.end()
        number = whole_number(found["number"] + found["plan"])
        if number is None or number < (FEWEST if found["unit"] in ("户", "名", "人") else FEWEST + 1):
            continue
        left = document[max(0, found.start() - LEFT) : found.start()]
        right = document[found.end() : found.end() + RIGHT]
        if kind := _kind(found["unit"], left, right, document):
            yield Count(number, kind, found.start(), found.end(), _REPRESENTATIVE.match(right) is not None)


def _kind(unit: str, left: str, right: str, document: str) -> Kind | None:
    if _TITLE_QUOTE.search(left):
        return None
    clause = _CLAUSE.split(left)[-1]
    role = _ROLE_AFTER.match(right) is not None
    households = unit in ("户", "家")
    if left.endswith("等") and not _SIGNERS.search(clause):
        return Kind.TOUCHED if role and unit == "户" else None
    if _NOT_OURS_LEFT.search(clause) or _NOT_OURS_RIGHT.search(right):
        return None
    if _WE.search(clause):
        return Kind.OURS if households and not _SIGNED.search(right) else Kind.SIGNED
    entrusted = _ENTRUSTED.search(right)
    if (_PROXY.search(clause) and (households or entrusted)) or (_RECEIVED.search(clause) and entrusted):
        return Kind.SPOKEN_FOR
    if _SIGNED.search(_SENTENCE.split(right)[0]) or _SIGNERS.search(clause):
        return Kind.SIGNED
    if _ROLE_BEFORE.search(clause):
        return Kind.SIGNED if "我" in clause or _SIGNED.search(document) else Kind.TOUCHED
    return Kind.TOUCHED if households or role or _ALL_OF_US.search(clause) or unit in ("口人", "") else None
