"""An archive of letters with planted matters, any size, and its truth: ``python -m benchmarks.groups_archive 100000 FILE``.

Sentences are made up character by character from the training letters: the next one is drawn from those that follow the last two
somewhere, one time in ``LOOSE`` from those that follow the last one (a Markov chain of second order with slips). Without the slips
a large archive repeats itself in whole clauses; with them as many of six thousand letters share a run of six, eight or ten
characters with an unrelated one as of so many real letters (0.90, 0.49, 0.19; real ones cut to the same length: 0.88, 0.49, 0.23).
Places and firms are invented by putting syllables together, also where a training letter named one. Each planted matter has ten
sentences, from which its letters are put together; noise has new ones every time, in the manner of one category. Same number,
same bytes.
"""

from __future__ import annotations

import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from classifier.corpus import read_labelled
from classifier.grouping.exercises import WrittenLetter, read_matters
from classifier.grouping.names import find_names
from classifier.grouping.profiling import word_numbers
from classifier.grouping.scorer import load_background
from classifier.text import read, segmenter

ROOT = Path(__file__).resolve().parent.parent
PLANTED = 0.2  # share of letters that belong to a planted matter
YEARS = 4.0  # over which an archive of a million letters was written; smaller ones likewise, so that they are thinner
SYLLABLES = "清溪云岭松柏榆桐梅兰竹菊枫柳泉石山湖江河海洋港湾星月晨曦阳光明辉瑞祥和泰安康宁福禄寿喜嘉禾丰茂盛隆兴旺金玉碧丹"
ENDINGS = ("小区", "花园", "家园", "新城", "华府", "村", "镇", "路", "大道", "公司", "小学", "中学", "医院", "市场")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")


def archive(size: int, training: Path, seed: int = 0) -> Iterator[tuple[dict[str, str], str]]:
    """Records in order of arrival, each with its matter (empty: stands alone)."""
    rng = random.Random(seed)
    matters = _matters(read_matters(training / "matters"))
    noise = _noise(training)
    start = datetime(2022, 1, 1)
    days = 365 * YEARS
    places = _plan(rng, size, days)
    for number, (day, matter) in enumerate(places):
        title, text = _planted(rng, matters, matter) if matter else _alone(rng, noise)
        at = start + timedelta(days=day)
        record = {"id": f"L{number}", "title": title, "text": text, "received_at": at.isoformat(timespec="seconds")}
        yield record | {"sender": f"s{rng.randrange(size)}"}, matter


def _plan(rng: random.Random, size: int, days: float) -> list[tuple[float, str]]:
    """The day and the matter of every letter, in order."""
    plan: list[tuple[float, str]] = []
    planted = 0
    while planted < PLANTED * size:
        first, name = rng.uniform(0, days), f"M{planted}"
        for _ in range(min(60, 2 + int(rng.paretovariate(1.3)) - 1)):
            plan.append((first, name))
            first += rng.expovariate(1 / 8)
            planted += 1
    plan += [(rng.uniform(0, days), "") for _ in range(size - len(plan))]
    return sorted(plan)[:size]


Chain = dict[str, str]  # two characters, or one: all that follow them, as often as they do
PLACE = "〓"  # where a letter's own invented name comes to stand
LOOSE = 10  # one character in so many is drawn by the last one alone
SHORTEST, LONGEST, TRIES = 12, 60, 20  # characters of a sentence; drawn again so often where it came out shorter


def nameless(texts: Iterable[str]) -> Iterator[str]:
    """The texts with PLACE for each place and firm: two letters that name one village are not unrelated to any reader."""
    background, cut = load_background(), segmenter()
    for text in texts:
        reading = read(text)
        codes, ends = reading.hidden, cut.ends(reading.hidden)
        told, at = "", 0
        spans, _ = find_names(codes, ends, background.known(word_numbers(codes, ends)))
        for start, _, end in spans.tolist():
            told, at = told + reading.text[at:start] + PLACE, end
        yield told + reading.text[at:]


def _chain(texts: Iterable[str]) -> Chain:
    following: defaultdict[str, list[str]] = defaultdict(list)
    for text in texts:
        for sentence in _SENTENCE.findall(text):
            told = f"\n\n{sentence.strip()}\n"
            for at in range(len(told) - 2):
                following[told[at : at + 2]].append(told[at + 2])
                following[told[at + 1]].append(told[at + 2])
    return {last: "".join(some) for last, some in following.items()}


def _sentence(rng: random.Random, chain: Chain) -> str:
    told = ""
    for _ in range(TRIES):
        told = "\n\n"
        while len(told) < LONGEST + 2 and (following := rng.choice(chain[told[-1 if rng.random() < 1 / LOOSE else -2 :]])) != "\n":
            told += following
        if len(told) - 2 >= SHORTEST:
            break
    first, *parts = told[2:].rstrip("。！？!?").split(PLACE)
    return "".join([first, *(_name(rng) + part for part in parts)]) + "。"


def _matters(letters: Sequence[WrittenLetter]) -> Chain:
    return _chain(nameless(x.text for x in letters if x.matter))


def _noise(training: Path) -> list[Chain]:
    by_category: defaultdict[str, list[str]] = defaultdict(list)
    for x in read_labelled([training]):
        by_category[x.right[0] if x.right else ""].append(x.text)
    return [_chain(nameless(texts)) for texts in by_category.values()]


def _planted(rng: random.Random, chain: Chain, matter: str) -> tuple[str, str]:
    own = random.Random(matter)
    name, subject = _name(own), [_sentence(own, chain) for _ in range(10)]
    told = rng.sample(subject, rng.randint(2, 6))
    return f"{name}{told[0][:12]}", f"我是{name}附近的居民。" + "".join(told)


def _alone(rng: random.Random, noise: Sequence[Chain]) -> tuple[str, str]:
    chain, name = rng.choice(noise), _name(rng)
    told = [_sentence(rng, chain) for _ in range(rng.randint(2, 6))]
    return f"{name}{told[0][:12]}", f"我是{name}附近的居民。" + "".join(told)


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(3, 4))) + rng.choice(ENDINGS)


def main(arguments: Sequence[str]) -> int:
    """Write the archive and, beside it, its truth."""
    size, file = int(arguments[0]), Path(arguments[1])
    with file.open("wb") as letters, file.with_suffix(".truth.csv").open("w", encoding="utf-8") as truth:
        truth.write("id,matter\n")
        for record, matter in archive(size, ROOT / "training_data"):
            letters.write(orjson.dumps(record) + b"\n")
            truth.write(f"{record['id']},{matter}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
