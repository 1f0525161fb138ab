"""The same letters made hard to read: how much is lost to misspelling, bad scans, odd characters, dialect, and brevity.

Every noise is a seeded function from text to text, applied to title and text alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from msgspec import structs
from opencc import OpenCC

from benchmarks.real_letters import GoldLetter
from classifier.assess import Assessor
from classifier.evaluation import score
from classifier.letter import Letter

Noise = Callable[[str, Random], str]
SHORT = 30  # characters

# Pairs that one types for the other because they sound alike.
_ALIKE_IN_SOUND = (
    "征争 补布 偿尝 资姿 迁牵 欠歉 薪新 拖托 业叶 楼搂 房防 农浓 路露 修休 医衣 院愿 校效 师施 费废 保宝 险显 社设 低滴 贫频 拆差 "
    "款宽 工公 钱前 地弟 村存 民名 政证 府付 部布 门们 管馆 理里 车扯 站占 水睡 电店 气汽 环还 境静 污屋 染然 噪造 声升 物务 法发 "
    "院远 判叛 决绝 执职 行形 警景 察查 案暗 件建 户护 口扣 学雪 生声 教叫 育玉 招昭 收手 退推 休修 养样 老佬 残惨 疾急 军君 人仁 "
    "乡香 镇阵 县现 市是 领令 导倒 请情 求球 解姐 决觉 没眉 有友"
)
# Pairs that a scanner takes for each other.
_ALIKE_IN_SHAPE = (
    "土士 未末 己已 人入 日曰 大太 千干 天夫 田由 拆折 征怔 补朴 偿尝 资贷 薪蕲 住往 房旁 工土 厂广 村材 户卢 水永 电申 车东 迁迂 "
    "治冶 污汗 染柒 医匠 院浣 校枝 教敖 师帅 费贵 保堡 险俭 社杜 农衣 路跨 法祛 判刹 执热 警擎 案桉 县具 市巾 请清 求永 没设 有冇 "
    "我找 们门 他池 很根 处外 理埋 管菅 房扇"
)
_DIALECT = {
    "什么": "啥子",
    "怎么办": "咋个办",
    "怎么": "咋个",
    "为什么": "为啥子",
    "没有": "冇得",
    "不知道": "晓不得",
    "知道": "晓得",
    "我们": "我伲",
    "他们": "他屋里",
    "你们": "恁",
    "现在": "而今",
    "孩子": "细伢子",
    "父亲": "爷老子",
    "母亲": "娘老子",
    "老人": "老倌子",
    "晚上": "夜里头",
    "白天": "日里",
    "吵": "闹人",
    "说": "讲",
    "很": "蛮",
    "非常": "几多",
    "一直": "一路",
    "经常": "三天两头",
    "不给": "冇把",
    "欺负": "欺人",
    "希望": "巴望",
    "请": "劳烦",
    "谢谢": "多谢噻",
    "地方": "场伙",
    "房子": "屋",
    "田地": "田土",
    "厉害": "狠",
    "不能": "做不得",
    "可以": "要得",
    "这个": "个个",
    "那里": "那块",
    "多少": "几多",
    "太": "忒",
}


@dataclass(frozen=True, slots=True)
class Hardness:
    """What is right when the letters are noised; ``lost`` is how much less at 1 than with the same letters clean."""

    noise: str
    letters: int
    at_1: float
    at_3: float
    lost: float


def harden(assessor: Assessor, gold: Sequence[GoldLetter], seed: int = 0) -> list[Hardness]:
    """Every noise on all gold letters, the clean ones first; brevity is the title alone where it is short."""
    clean = _judged(assessor, gold, "clean", 0.0)
    rows = [clean]
    for name, noise in NOISES.items():
        rows.append(_judged(assessor, [_noised(g, noise, Random(seed)) for g in gold], name, clean.at_1))
    brief = [g for g in gold if 0 < len(g.letter.title) < SHORT]
    if not brief:
        return rows
    alone = [replace(g, letter=Letter(g.letter.id, g.letter.title)) for g in brief]
    name = f"under {SHORT} characters: the title is the letter"
    return [*rows, _judged(assessor, alone, name, _judged(assessor, brief, "", 0.0).at_1)]


def _noised(gold: GoldLetter, noise: Noise, random: Random) -> GoldLetter:
    letter = gold.letter
    return replace(gold, letter=structs.replace(letter, title=noise(letter.title, random), text=noise(letter.text, random)))


def _judged(assessor: Assessor, gold: Sequence[GoldLetter], noise: str, clean: float) -> Hardness:
    found = score(np.asarray(assessor.probabilities([g.letter for g in gold])), assessor.classes, [g.right for g in gold])
    return Hardness(noise, len(gold), found.at_1, found.at_3, clean - found.at_1 if clean else 0.0)


def _swap(pairs: str, chance: float) -> Noise:
    """Each listed character becomes its partner, by chance."""
    partner = {a: b for a, b in pairs.split()}

    def noise(text: str, random: Random) -> str:
        return "".join(partner[c] if c in partner and random.random() < chance else c for c in text)

    return noise


def _between(signs: Sequence[str], chance: float) -> Noise:
    """One of the signs after a character, by chance."""

    def noise(text: str, random: Random) -> str:
        return "".join(c + random.choice(signs) if random.random() < chance else c for c in text)

    return noise


def _scanned(text: str, random: Random) -> str:
    """Look-alikes, stray spaces, lines broken in the middle of words."""
    swapped = _swap(_ALIKE_IN_SHAPE, 0.3)(text, random)
    return "".join(c + ("\n" if random.random() < 0.3 else " ") if random.random() < 0.06 else c for c in swapped)


def _dialect(text: str, random: Random) -> str:
    longest_first = sorted(_DIALECT, key=len, reverse=True)
    return re.sub("|".join(longest_first), lambda found: _DIALECT[found[0]], text)


def _full_width(text: str, random: Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


NOISES: dict[str, Noise] = {
    "homophone errors": _swap(_ALIKE_IN_SOUND, 0.3),
    "scanning errors": _scanned,
    "traditional characters": lambda text, random: OpenCC("s2t").convert(text),
    "full-width characters": _full_width,
    "zero-width characters": _between(["\u200b", "\u200d", "\ufeff"], 0.3),
    "emoji between words": _between(["😭", "🙏", "‼️"], 0.1),
    "no punctuation": lambda text, random: re.sub(r"[^\w\s]", "", text),
    "dialect wording": _dialect,
}
