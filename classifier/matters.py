"""Several matters (信访事项) in one letter: where its demands part, and which of them are matters of their own.

Most numbered lists are arguments for one demand, so a stretch becomes a matter only when it is marked off (二、 / 2. / 另外), asks
for something itself, and is surely about another category: by the model's own probability, held against what the whole letter says.
Letters without such a mark are not read twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.taxonomy import domain_of
from classifier.text import Reading, WordList, word_list

SHORTEST_STRETCH = 12  # characters
SURE = 0.8  # of its own category, from which a stretch is a matter
WHOLE = 0.5  # how far the whole letter's probabilities count beside the stretch's own
FAINT = 0.01  # what the whole letter grants any category
MOST_MATTERS = 5

_SHIFTS = tuple(
    re.split(
        " ",
        "另外 此外 除此之外 还有一件 还有个事 还有一个 还有就是 还有， 还有, 再有 再者 另有 顺便 另一件 另， 另, 其次 同时， 同时,",
    )
)
_SECONDS = tuple(re.split(" ", "二、 二. 二是 二， 二, (二) （二） 2、 2. 2． 2， 2, (2) （2） ② 第二 其二 二来 2: 2："))
_FIRST_LOOK = (*_SECONDS, *_SHIFTS)  # quick to look for: where none stands nothing is divided
# what stands before a mark is looked for first: a set of characters is quick to find, a look back at every place is not
_MARK = re.compile(
    r"[。！？!?；;：:，,\n\s](?=[一二三四五六七八九十]{1,2}(?:[、.，,：:]|[是来](?!否))|[(（][一二三四五六七八九十\d]{1,2}[)）]|"
    r"\d{1,2}(?:[、．:：，,]|\.(?!\d))|第[一二三四五六七八九](?![\d一-鿿]?[条款项批次期中小人])|其[一二三四]|[①-⑨]|"
    + "|".join(map(re.escape, _SHIFTS))
    + ")"
)
_ASKS = re.compile(
    r"请|求|要求|希望|望|盼|建议|投诉|举报|反映|咨询|能否|能不能|可否|怎么|为什么|为何|何时|什么时候|没人管|没有人|不管|没有解决|解决|处理|"
    r"[?？]|吗|补发|退还|赔|拖欠|没发|不发|一直没|至今|也没|也不|严重"
)

Stretch = tuple[int, int]


def stretches(reading: Reading, turning: bool | None = None) -> list[Stretch]:
    """The stretches that a letter's text falls into where it counts its demands or turns to another; one or none: undivided.

    ``turning`` says whether one of the ``turns`` stands in the letter, where that is known already.

    >>> from classifier.text import read
    >>> letter = read("\\n一、补发拖欠我们的三个月工资。二、楼下的下水道堵了一个月也没人来通。")
    >>> [letter.text[start:end] for start, end in stretches(letter)]
    ['一、补发拖欠我们的三个月工资。', '二、楼下的下水道堵了一个月也没人来通。']
    """
    text = reading.text
    if not (len(turns().places(reading.codes)) if turning is None else turning):
        return []
    first = reading.title_length + 1 if reading.title_length else 0
    start = len(text) - len(text[first:].lstrip())
    cuts = [found.end() for found in _MARK.finditer(text, start)]
    parts: list[Stretch] = []
    for end in [*cuts, len(text)]:
        if end - start >= SHORTEST_STRETCH or end == len(text):
            parts.append((start, end))
            start = end
    return parts if len(parts) > 1 else []


@cache
def turns() -> WordList:
    """The words by which a letter turns to another matter; where none stands, nothing is divided."""
    return word_list(_FIRST_LOOK)


def part(reading: Reading, stretch: Stretch) -> Reading:
    """A stretch of a reading as a reading of its own, without a title."""
    start, end = stretch
    origin = None if reading.origin is None else reading.origin[start : end + 1]
    return Reading(reading.text[start:end], reading.codes[start:end].copy(), reading.hidden[start:end].copy(), origin, 0)


def asks(text: str) -> bool:
    """Whether a stretch complains of, asks or demands something, and is no mere preface."""
    return len(text.strip()) >= SHORTEST_STRETCH and _ASKS.search(text) is not None


def own_categories(
    stretch_p: NDArray[np.float32] | Sequence[NDArray[np.float32]], whole_p: NDArray[np.float32], classes: Sequence[str]
) -> list[int]:
    """The numbers of the stretches that are matters of their own, in order: surely of another domain than the letter's main matter.

    ``stretch_p`` and ``whole_p`` are probabilities of the ``classes``. Each category counts once, where it is surest. Neighbours
    within a domain (a wage and a migrant's wage) are one matter: they go to the same people.

    >>> p = [np.array([0.0, 0.1, 0.9], np.float32), np.array([0.0, 0.9, 0.1], np.float32)]
    >>> own_categories(p, np.array([0.6, 0.2, 0.2], np.float32), ["LABOR.WAGE", "LABOR.INJURY", "ENVIR.NOISE"])
    [0]
    """
    found: dict[int, tuple[float, int]] = {}
    granted = (whole_p + FAINT) ** WHOLE
    main = domain_of(classes[int(whole_p.argmax())])
    joint = np.asarray(stretch_p) * granted
    joint /= joint.sum(axis=1, keepdims=True)
    for number, (best, p) in enumerate(zip(joint.argmax(axis=1).tolist(), joint.max(axis=1).tolist(), strict=True)):
        if p >= SURE and p > found.get(best, (0.0, 0))[0] and domain_of(classes[best]) != main:
            found[best] = p, number
    surest = sorted(found.values(), reverse=True)[: MOST_MATTERS - 1]
    return sorted(number for _, number in surest)
