"""Written matters made into a stream to learn from (训练用信流): placed in one county and one year, among letters that stand alone.

Writers tell a story better than life does: each matter has its own town, its letters are short and share few words. In life all
live in the same county, people copy a sentence or two from each other, write again in the same words, quote the same law, and put
place and demand into the title. So the written letters are varied here by chance, from a fixed seed; nothing real goes in.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from classifier.errors import BadTrainingData

KINDS = ("first", "same_matter", "copy", "repeat", "alone")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_COUNTY = "云州市"
_DISTRICTS = ("临水区", "北塔区", "望城县", "岭南区", "江口县", "西湖区", "高新区", "丰水县")
_TOWNS = tuple(
    [
        "白石镇",
        "青山街道",
        "柳河镇",
        "新开街道",
        "石桥镇",
        "沙河街道",
        "南坪镇",
        "城关镇",
        "双河街道",
        "枫林镇",
        "红星街道",
        "大塘镇",
    ]
)
_GREETINGS = ("我是%s居民，", "尊敬的领导：您好！我住在%s，", "我是%s的一名普通市民。", "%s。", "尊敬的书记，我要反映%s的问题：")
AGAIN = "again-"  # opens the matter of a letter that stood alone until its writer wrote once more
_AGAIN = ("", "", "再次反映：", "上次反映的问题至今没有解决。", "您好！")
_OPENINGS = ("恳请重视", "盼望早日解决", "建议统筹", "请抓紧", "再提", "呼吁关注", "希望尽早推进", "请问何时落实")
_CLOSINGS = ("一事", "的建议", "不能再拖", "要见实效", "势在必行", "何时有结果", "")
_YEAR = datetime(2025, 1, 1)

NameOf = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """One letter of a written matter; ``matter`` is empty where it stands alone."""

    id: str
    matter: str
    kind: str
    title: str
    text: str
    received_at: datetime
    sender: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How often what is done to the written letters, as shares; ``tireless``: writers of many letters, each about another thing."""

    alone: int = 1800
    tireless: int = 12
    county: float = 0.7
    name_in_title: float = 0.7
    again: float = 0.5
    borrow: float = 0.6
    same_sender: float = 0.15
    shared_phrase: float = 0.15
    seed: int = 0


def read_matters(folder: Path) -> list[WrittenLetter]:
    """All letters of ``*.jsonl`` in a folder. Raises BadTrainingData with file and row."""
    letters = []
    for file in sorted(folder.glob("*.jsonl")):
        for row, line in enumerate(file.read_bytes().splitlines(), start=1):
            try:
                x = orjson.loads(line)
                if x["kind"] not in KINDS or (x["kind"] == "alone") != (not x["matter"]) or not x["text"].strip():
                    raise ValueError("kind and matter do not fit, or no text")
                at = datetime.fromisoformat(x["received_at"])
            except (ValueError, KeyError, TypeError, AttributeError) as fault:
                raise BadTrainingData(file.name, row, f"not a letter of a matter: {fault}") from fault
            sender = f"{file.stem}:{x['sender']}"
            letters.append(WrittenLetter(f"{file.stem}-{row}", x["matter"], x["kind"], x["title"] or "", x["text"], at, sender))
    return letters


def make_stream(
    written: Sequence[WrittenLetter], alone: Sequence[WrittenLetter], name_of: NameOf, recipe: Recipe
) -> list[WrittenLetter]:
    """The letters in order of arrival; ``alone`` are other training letters, of which the recipe's number is taken."""
    rng = random.Random(recipe.seed)
    others = _as_on_a_board(rng, alone)
    phrases = [s for x in others[recipe.alone :][:1500] for s in _sentences(x.text) if 15 < len(s) < 80]
    matters: defaultdict[str, list[WrittenLetter]] = defaultdict(list)
    for x in [*written, *others[: recipe.alone]]:
        matters[x.matter or x.id].append(x)
    _write_tirelessly(rng, matters, phrases, recipe)
    _share_senders(rng, matters, phrases, recipe)
    common = [rng.choice(phrases) for _ in range(60)]
    stream: list[WrittenLetter] = []
    for letters in matters.values():
        varied = _written_again(rng, _borrowed(rng, letters, recipe), phrases, recipe)
        stream += _placed(rng, varied, common, name_of, recipe)
    return sorted(stream, key=lambda x: (x.received_at, x.id))


def _sentences(text: str) -> list[str]:
    return _SENTENCE.findall(text) or [text]


def _shortened(rng: random.Random, text: str, keep: float) -> str:
    sentences = _sentences(text)
    if len(sentences) < 3:
        return text
    return "".join(s for s in sentences if rng.random() < keep) or sentences[0]


def _as_on_a_board(rng: random.Random, alone: Sequence[WrittenLetter]) -> list[WrittenLetter]:
    """In a random order in which some categories are far more frequent than others, as on any real board."""
    share = {category: rng.paretovariate(1.0) for category in dict.fromkeys(x.category for x in alone)}
    places = [(rng.expovariate(share[x.category]), at) for at, x in enumerate(alone)]
    return [alone[at] for _, at in sorted(places)]


def _write_tirelessly(rng: random.Random, matters: dict[str, list[WrittenLetter]], phrases: Sequence[str], recipe: Recipe) -> None:
    """Some people write every other week, each time about another thing in the same set phrases."""
    lone = [key for key, letters in matters.items() if len(letters) == 1 and letters[0].category]
    for writer in range(recipe.tireless):
        opening, closing, phrase = rng.choice(_OPENINGS), rng.choice(_CLOSINGS), rng.choice(phrases)
        for key in rng.sample(lone, min(len(lone), rng.randint(6, 30))):
            x = matters[key][0]
            text = _shortened(rng, x.text, rng.choice([1, 0.7, 0.5])) + (phrase if rng.random() < 0.7 else "")
            title = opening + x.title + closing if x.title and rng.random() < 0.8 else x.title
            matters[key][0] = replace(x, title=title, text=text, sender=f"tireless-{writer}", category="")


def _share_senders(rng: random.Random, matters: dict[str, list[WrittenLetter]], phrases: Sequence[str], recipe: Recipe) -> None:
    """One person also writes about different things, often in the same set phrases."""
    lone = [key for key, letters in matters.items() if len(letters) == 1]
    by_category: defaultdict[str, list[str]] = defaultdict(list)
    for key in lone:
        by_category[matters[key][0].category].append(key)
    for key in lone:
        if rng.random() >= recipe.same_sender:
            continue
        other = rng.choice(by_category[matters[key][0].category] if rng.random() < 0.7 else list(matters))
        matters[key][0] = replace(matters[key][0], sender=matters[other][0].sender)
        if other != key and rng.random() < 0.5:
            phrase = rng.choice(phrases)
            for one in (key, other):
                matters[one][0] = replace(matters[one][0], text=matters[one][0].text + phrase)


def _borrowed(rng: random.Random, letters: Sequence[WrittenLetter], recipe: Recipe) -> list[WrittenLetter]:
    """Neighbours take over sentences from each other."""
    out = []
    for x in letters:
        if x.matter and len(letters) > 1 and rng.random() < recipe.borrow:
            sentences = _sentences(rng.choice([y for y in letters if y is not x]).text)
            taken = [s for s in sentences if rng.random() < 0.4] or [rng.choice(sentences)]
            x = replace(x, text=_shortened(rng, x.text, 0.8) + "".join(taken))
        out.append(x)
    return out


def _written_again(
    rng: random.Random, letters: Sequence[WrittenLetter], phrases: Sequence[str], recipe: Recipe
) -> list[WrittenLetter]:
    """Some write again after some weeks, shorter or longer; some hand their letter on."""
    share = recipe.again * (1.6 if letters[0].matter else 1.0 if letters[0].kind == "alone" and not letters[0].category else 0.15)
    if rng.random() >= share:
        return list(letters)
    x = rng.choice(list(letters))
    text = rng.choice(_AGAIN) + _shortened(rng, x.text, rng.choice([1, 0.9, 0.7, 0.5]))
    again = replace(
        x,
        id=f"{x.id}b",
        matter=x.matter or AGAIN + x.id,
        text=text + (rng.choice(phrases) if rng.random() < 0.3 else ""),
        received_at=x.received_at + timedelta(days=rng.expovariate(1 / 20)),
        sender=x.sender + ("b" if rng.random() < 0.35 else ""),
    )
    return [*(replace(y, matter=again.matter) for y in letters), again]


def _placed(
    rng: random.Random, letters: Sequence[WrittenLetter], common: Sequence[str], name_of: NameOf, recipe: Recipe
) -> Iterable[WrittenLetter]:
    """Everybody lives in one county and writes within one year."""
    start = _YEAR + timedelta(days=rng.uniform(0, 330), seconds=rng.randrange(86_400))
    shift = start - min(x.received_at for x in letters)
    district, town = rng.choice(_DISTRICTS), rng.choice(_TOWNS) if rng.random() < 0.5 else ""
    for x in letters:
        title, text = x.title, x.text
        if rng.random() < recipe.shared_phrase:
            text += rng.choice(common)
        name = name_of(title, text) if title and rng.random() < recipe.name_in_title else ""
        if name and name not in title.lower():
            title = name + title
        if rng.random() < recipe.county:
            place = (_COUNTY + district + town, district + town, _COUNTY + district)
            title = title and rng.choice([*place, _COUNTY, district]) + title
            if rng.random() < 0.5:
                text = rng.choice(_GREETINGS) % rng.choice(place) + text
        yield replace(x, title=title, text=text, received_at=x.received_at + shift)
