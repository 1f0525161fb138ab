"""Made-up letters in any number: sentences of the written letters put together anew, with matters planted among them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from classifier.letter import Letter

TRAINING_DATA = Path(__file__).parent.parent / "training_data"
FIRST = "锦澜悦翠云金御瑞和泰嘉恒盛鼎景春江星月银海龙凤天福永康宁安平华东西南北丽明清秀佳美兴隆昌顺达通远宏伟润"
LAST = ["花园", "小区", "新城", "家园", "公馆", "苑", "村", "路", "街", "广场"]
GROUPED = 0.15  # share of letters about a planted matter


def made_letters(number: int, *, start: datetime, days: float, seed: int = 0) -> Iterator[tuple[Letter, str]]:
    """Letters in order of arrival, evenly over ``days``, each with the id of the first letter about its matter."""
    chance = random.Random(seed)
    pool = _sentences()
    open_matters: list[tuple[str, str, list[str]]] = []
    for at in range(number):
        if chance.random() < GROUPED and open_matters:
            matter, place, kept = chance.choice(open_matters[-300:])
            said = [*chance.sample(kept, 2), *chance.sample(pool[chance.randrange(len(pool))], 1)]
        else:
            matter = f"M{at:07}"
            place = "".join(chance.choices(FIRST, k=3)) + chance.choice(LAST)
            topic = pool[chance.randrange(len(pool))]
            said = chance.sample(topic, 4)
            if chance.random() < 0.02:
                open_matters.append((matter, place, said))
        chance.shuffle(said)
        moment = start + timedelta(days=days * at / number)
        text = f"我们住在{place}。" + "。".join(said) + f"。请{place}所在部门处理。"
        yield Letter(f"M{at:07}", text, f"{place}{said[0][:12]}", moment.isoformat(), f"u{chance.randrange(number)}"), matter


def _sentences() -> list[list[str]]:
    topics: dict[str, list[str]] = {}
    for file in sorted(TRAINING_DATA.glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            if "category" in row:
                parts = [part.strip() for part in row["text"].replace("！", "。").replace("？", "。").split("。")]
                topics.setdefault(row["category"], []).extend(part for part in parts if len(part) > 6)
    return [some for some in topics.values() if len(some) > 20]
