"""Places and firms in a letter (事项要素): runs of characters that no common word covers, up to the word that says what they name.

锦绣华庭 and 城东区锦绣华庭小区 give one name: the district is a name of its own, and 小区 only says what kind of place it is.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.term_table import fill_table, find_row
from classifier.grouping.terms import Codes, Floats, Ints, Numbers
from classifier.kernels import kernel
from classifier.kernels.term_table import WORD, term_number

ENDINGS = "路街道巷村镇乡县市区园城苑府庭湾郡里院校厂店站桥河湖山组队社司楼馆所场坪洲寨屯庄堂轩邸居岸谷港渠坝库矿港"
GENERIC = (
    *[
        "小区",
        "社区",
        "楼盘",
        "项目",
        "公司",
        "集团",
        "有限公司",
        "街道",
        "大道",
        "新城",
        "花园",
        "家园",
        "学校",
        "小学",
        "中学",
        "幼儿园",
        "医院",
        "村委会",
        "市场",
        "广场",
        "国际",
        "公寓",
        "大厦",
    ],
    *[
        "工业园",
        "酒店",
        "超市",
        "车站",
        "高速",
        "搅拌站",
        "水库",
        "新村",
        "安置房",
        "安置小区",
        "公园",
        "大学",
        "学院",
        "银行",
        "物业",
        "地产",
        "置业",
        "控股",
        "科技",
        "实业",
        "商城",
        "菜市场",
    ],
    *[
        "农贸市场",
        "工地",
        "项目部",
        "养老院",
        "卫生院",
        "派出所",
        "景区",
        "度假区",
        "开发区",
        "高新区",
        "新区",
        "园区",
        "产业园",
        "工业区",
        "煤矿",
        "石场",
        "砂场",
        "砖厂",
        "水厂",
        "电厂",
    ],
    *["化工厂", "养殖场", "屠宰场", "垃圾场", "停车场", "加油站"],
)
PLAIN = (
    "的了是在我们你他她它有和就不也都这那到要为被把从向对与及或等个上下中内外里后前时年月日号一二三四五六七八九十百千万亿两几多少大小"
    "再又还很太更最请问能会可以让给叫说看想去来做没无已将于因由其该此每各第又并但而且之所吗呢吧啊呀哦么什怎谁哪么着过得地用比同跟连只才刚正"
    "家户人元块米栋楼层间套号期次天点分秒岁斤亩吨种样些位名次回条件份张本台辆头只把住住买卖修建开关停放走跑吃喝睡坐站写打听"
)
LONGEST = 12  # characters of a name
NOT_A_WORD, RARE = 0.0004, 0.004  # shares of letters: a word as rare may be within a name; one as rare may open a name
_PLAIN, _ENDING = 1, 2
NAME = np.uint64(0xD6E8FEB86659FD93)


@cache
def _characters() -> NDArray[np.uint8]:
    table = np.zeros(0x10000, np.uint8)
    for character in PLAIN:
        table[ord(character)] = _PLAIN
    for character in ENDINGS:
        table[ord(character)] = _ENDING
    return table


@cache
def _generic() -> tuple[Numbers, NDArray[np.int32]]:
    codes = [np.frombuffer(word.encode("utf-32-le"), np.uint32) for word in GENERIC]
    numbers, rows = np.zeros(512, np.uint64), np.full(512, -1, np.int32)
    fill_table(numbers, rows, np.array([term_number(code, 0, len(code), WORD) for code in codes], np.uint64))
    return numbers, rows


@kernel
def _spans(
    codes: Codes,
    ends: Ints,
    kinds: NDArray[np.uint8],
    generic: Numbers,
    generic_rows: NDArray[np.int32],
    shares: Floats,
) -> Ints:
    """Starts, ends and full ends of names, three a row; ``shares`` is how common each word is."""
    found = np.empty((len(ends), 3), np.int64)
    size, run, start = 0, -1, 0
    previous = -1  # where the word before begins, if it could be the first part of a name
    for word in range(len(ends)):
        end = ends[word]
        first = codes[start]
        han = 0x4E00 <= first <= 0x9FFF
        kind = kinds[codes[end - 1]] if codes[end - 1] < 0x10000 else 0
        closes = closed = False
        if not han:
            run = -1
        elif end - start == 1:
            if kind == _PLAIN or (run < 0 and kind == _ENDING):
                run = -1
            else:
                run = run if run >= 0 else previous if previous >= 0 else start
                closes = kind == _ENDING
        elif find_row(generic, generic_rows, term_number(codes, start, end, WORD)) >= 0:
            first_part = run if run >= 0 else previous
            if first_part >= 0 and start - first_part >= 2 and end - first_part <= LONGEST:
                found[size, 0], found[size, 1], found[size, 2] = first_part, start, end
                size += 1
            run = -1
        elif shares[word] <= NOT_A_WORD or (shares[word] <= RARE and kind == _ENDING):
            run = run if run >= 0 else previous if previous >= 0 and kind == _ENDING else start
            closes = kind == _ENDING
        else:
            run = -1
        if closes and run >= 0:
            if end - run >= 3 and end - run <= LONGEST:
                found[size, 0], found[size, 1], found[size, 2] = run, end, end
                size += 1
                closed = True
            run = -1
        previous = start if han and not closed and end - start >= 2 and shares[word] <= RARE else -1
        start = end
    return found[:size]


@kernel
def _numbers_of(codes: Codes, spans: Ints) -> Numbers:
    numbers = np.empty(len(spans), np.uint64)
    for at in range(len(spans)):
        numbers[at] = term_number(codes, spans[at, 0], spans[at, 1], NAME)
    return numbers


def find_names(codes: Codes, ends: Ints, shares: Floats) -> tuple[Ints, Numbers]:
    """Where names stand, (n, 3): first character, end of the name itself, end with the word for its kind; and their numbers."""
    spans = _spans(codes, ends, _characters(), *_generic(), shares)
    return spans, _numbers_of(codes, spans)
