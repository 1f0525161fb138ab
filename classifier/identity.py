"""Identity (身份信息) made unreadable before anything is learnt: names, numbers, addresses of mail, number plates.

Masking keeps every length, so positions in the letter stay right. It is rules, and rules miss names that nothing announces; the
second guard is that a term is learnt only if several different letters use it (``features.LetterTerms``). Only learning masks:
what was never learnt cannot be found later, and answering stays fast.
"""

from __future__ import annotations

import re
from functools import cache

HIDDEN = "某"
DIGIT = "0"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊"
    "秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮"
    "柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏"
    "宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
COMPOUND = "欧阳|上官|司马|诸葛|司徒|皇甫|尉迟|公孙|慕容|令狐|夏侯|东方|南宫|端木"
_ORDINARY = (  # words that begin like a name
    "项目|申请|车间|单位|房东|房产|卫生|卫星|孙子|孙女|谢谢|农村|农民|农业|车管|车辆|司机|司法|施工|成员|时间|时任|全县|全体|全家|全村|周[一二三四五六日边围]|查询|查清|连桥|安置|安全|"
    "高速|高中|高铁|马路|马上|黄河|石头|白天|方便|方面|金额|水库|温泉|万元|万人|路面|路边|路口|商户|商铺|商场|费用|管理|管道|明确|明年|常年|常住|平时|平台|关于|关系|党员|党委|党支|"
    "江边|林地|林业|田地|田里|池塘|沙石|经办|和我|和他|和现|时打|时没|文件|文化|计划|任何|任命|应该|应当|花费|童年|毛病|成立|成本|米面|车位|车库|解决|解释|有关|符合|简单|简直"
)
NAME = rf"(?!{_ORDINARY})(?:{COMPOUND}|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}"
_BEFORE = (
    "姓名|名字叫|我叫|我是|本人|名叫|联系人|信访人|举报人|投诉人|反映人|来信人|申请人|控告人|检举人|上访人|当事人|签名|署名|此致敬礼|户主|业主|患者|"
    "原告|被告|法人代表|法定代表人|负责人|老板|包工头|工头|书记|主任|村长|支书|局长|镇长|乡长|县长|市长|区长|所长|校长|院长|科长|队长|经理|会计"
)
_AFTER = (
    "先生|女士|小姐|同志|书记|主任|村长|支书|局长|镇长|乡长|县长|市长|区长|所长|校长|院长|科长|队长|经理|会计|老师|医生|法官|律师|警官|师傅|老板|大爷|大娘|"
    "大妈|大叔|阿姨|等\\d+人|等[一二三四五六七八九十几]+人"
)
_PATTERNS = (
    rf"(?:{_BEFORE})[是为叫：:\s（(]{{0,2}}({NAME})(?![\u4e00-\u9fff])",
    rf"(?:姓名|我叫|名叫|联系人|信访人|举报人|投诉人|反映人|来信人|申请人|控告人|检举人)[是为：:\s]{{0,2}}({NAME})",
    rf"(?<![\u4e00-\u9fff])({NAME})(?={_AFTER})",
    rf"(?:^|\n)[ \u3000]*({NAME})[ \u3000]*(?=\n|$)",  # a name alone on its line: a signature
    rf"({NAME})(?=[，,、\s]*(?:男|女)[，,、\s])",
    rf"({NAME})(?=[（(，,：:\s]*(?:身份证|电话|手机|联系电话))",
    r"([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+)",  # bounded: long runs without @ must not cost n²
    r"(?:微信|QQ|qq|扣扣|抖音|账号|帐号)(?:号|号码)?[是为：:\s]{0,2}([A-Za-z0-9_-]{5,20})",
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·. ]?[A-Z0-9]{4,6}[警学挂港澳]?)",
)
_NUMBER = re.compile(r"\d")


def mask(text: str) -> str:
    """The text with identities hidden; every character keeps its place.

    >>> mask("我叫王铁柱，电话13800000000，车牌湘A12345")
    '我叫某某某，电话00000000000，车牌某某某某某某某'
    """
    for pattern in _patterns():
        text = pattern.sub(_hide, text)
    return _NUMBER.sub(DIGIT, text)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple([re.compile(pattern) for pattern in _PATTERNS])


def _hide(found: re.Match[str]) -> str:
    start, end = found.start(1) - found.start(), found.end(1) - found.start()
    whole = found.group()
    return whole[:start] + HIDDEN * (end - start) + whole[end:]


def hidden_places(text: str) -> list[tuple[int, int]]:
    """Where the rules see a name, an address of mail, an account or a number plate: start and end.

    >>> hidden_places("我叫王铁柱。")
    [(2, 5)]
    """
    return sorted({found.span(1) for pattern in _patterns() for found in pattern.finditer(text)})
