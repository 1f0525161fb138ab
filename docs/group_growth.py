"""Draw docs/group-growth.svg: the letters and senders of one written matter over time, with the flags."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path

from classifier.grouping.exercises import WrittenLetter, read_matters
from classifier.grouping.flags import load_flags

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT, LEFT, BOTTOM = 720, 320, 56, 48


def draw(letters: list[WrittenLetter]) -> str:
    """The picture as SVG."""
    letters = sorted(letters, key=lambda x: x.received_at)
    first, last = letters[0].received_at, letters[-1].received_at
    top = max(len({x.sender for x in letters}), len(letters)) + 1

    def x_of(at: datetime) -> float:
        return LEFT + (WIDTH - LEFT - 24) * ((at - first).total_seconds() / max(1.0, (last - first).total_seconds()))

    def y_of(number: int) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 24) * number / top

    shapes = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for flag in load_flags().flags:
        if flag.senders < top:
            y = y_of(flag.senders)
            shapes.append(f'<line x1="{LEFT}" y1="{y:.0f}" x2="{WIDTH - 24}" y2="{y:.0f}" stroke="#c60" stroke-dasharray="4 4"/>')
            shapes.append(f'<text x="{LEFT + 6}" y="{y - 5:.0f}" fill="#c60" font-size="12">{flag.senders}: {flag.name}</text>')
    senders: set[str] = set()
    path = []
    for number, x in enumerate(letters, start=1):
        before = y_of(len(senders))
        senders.add(x.sender)
        at, colour = x_of(x.received_at), {"repeat": "#999", "copy": "#3a3"}.get(x.kind, "#06c")
        path.append(f"{at:.0f},{before:.0f} {at:.0f},{y_of(len(senders)):.0f}")
        shapes.append(f'<circle cx="{at:.0f}" cy="{y_of(number):.0f}" r="4" fill="{colour}"><title>{x.title}</title></circle>')
    shapes.append(f'<polyline points="{" ".join(path)}" fill="none" stroke="#06c" stroke-width="2"/>')
    shapes.append(f'<line x1="{LEFT}" y1="{HEIGHT - BOTTOM}" x2="{WIDTH - 24}" y2="{HEIGHT - BOTTOM}" stroke="#333"/>')
    for at, anchor in ((first, "start"), (last, "end")):
        place = f'x="{x_of(at):.0f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="{anchor}"'
        shapes.append(f'<text {place} font-size="12">{at.date().isoformat()}</text>')
    legend = "dots: letters (blue: own words, green: copies, grey: the same sender again); line: distinct senders"
    shapes.append(f'<text x="{LEFT}" y="{HEIGHT - 8}" font-size="12">{legend}</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
    return "\n".join([head, *shapes, "</svg>", ""])


def largest(letters: list[WrittenLetter]) -> list[WrittenLetter]:
    """The matter with most senders."""
    matters: defaultdict[str, list[WrittenLetter]] = defaultdict(list)
    for x in letters:
        if x.matter:
            matters[x.matter].append(x)
    return max(matters.values(), key=lambda one: (len({x.sender for x in one}), one[0].matter))


if __name__ == "__main__":
    (ROOT / "docs" / "group-growth.svg").write_text(
        draw(largest(read_matters(ROOT / "training_data" / "matters"))), encoding="utf-8"
    )
