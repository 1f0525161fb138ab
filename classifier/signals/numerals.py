"""Whole numbers as people write them: 38, 1,200, 三十八, 一百二十余, 2万."""

from __future__ import annotations

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
DIGITS |= {digit: value for value, digit in enumerate("〇壹贰叁肆伍陆柒捌玖")} | {"两": 2, "俩": 2}
PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
LONGEST = 12  # characters; a longer run of numerals is a bank account or a slip of the pen


def whole_number(text: str) -> int | None:
    """The whole number that this text writes; words for "and some" (余, 多, 来) are passed over, None where it is no exact number.

    >>> whole_number("三十八"), whole_number("一百二十余"), whole_number("1,200"), whole_number("2万")
    (38, 120, 1200, 20000)
    >>> whole_number("百余"), whole_number("万余")
    (100, 10000)
    >>> whole_number("十几"), whole_number("几百"), whole_number("数千"), whole_number("")
    (None, None, None, None)
    """
    text = text.replace(",", "").replace("，", "").strip("余多来个 ")
    if not text or len(text) > LONGEST:
        return None
    if text.isascii():
        return int(text) if text.isdigit() else None
    return _chinese(text)


def _chinese(text: str) -> int | None:
    total = section = 0
    digit: int | None = None
    for mark in text:
        if mark.isascii() and mark.isdigit():
            digit = (digit or 0) * 10 + int(mark)
        elif mark in DIGITS:
            if digit:  # 二三 is "two or three", not twenty-three
                return None
            digit = DIGITS[mark]
        elif mark in PLACES:
            section += (1 if digit is None else digit) * PLACES[mark]
            digit = None
        elif mark in MYRIADS:
            total = (total + section + (digit or 0) or 1) * MYRIADS[mark]
            section, digit = 0, None
        else:
            return None
    return total + section + (digit or 0)
