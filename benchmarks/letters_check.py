"""Checks the written training letters: spread, twins, overlap with real letters, known words, traces of identity.

``python benchmarks/letters_check.py --real ../shared/data`` prints a short table and stores the same as JSON: numbers and ids of
our own letters, never a word of a real one. Without the folder of real letters it does the parts that need none.
Exit status 1 when letters are near-duplicates, share a long run with a real letter, or hold a phone, an ID number, a place mask or
a mail address.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from classifier.corpus import LabelledLetter, read_labelled
from classifier.features import words
from classifier.text import read

REPOSITORY = Path(__file__).resolve().parent.parent
OURS = REPOSITORY / "training_data"
RESULTS = REPOSITORY / "benchmarks" / "results" / "letters_check.json"
FIXED_WORDING = REPOSITORY / "benchmarks" / "fixed_wording.txt"
REAL_FILES = ("gold", "core_four", "stream", "letters_answered", "letters_labelled")

SHINGLE = 5  # characters
TWINS_FROM = 0.5  # Jaccard similarity of two letters' shingles
LONGEST_SHARED = 13  # Han characters in a row that a real and a written letter may share by chance
SHORT, LONG = 30, 500  # characters of title and text together
WORD_IN_USE = 5  # real letters that use a word

_HAN = re.compile(r"[\u3007\u4e00-\u9fff]+")
# A fictional phone is 1380000xxxx; a place mask is the real files' own way of hiding a name (A市, B7县, 西地省).
_TRACES = {
    "phone": re.compile(r"(?<![\dx])(?!1380000)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}[- ]?[2-8]\d{6,7}(?!\d)"),
    "id_number": re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?!\d)"),
    "place_mask": re.compile(r"(?<![A-Za-z])[A-Z](?:市|县|省|\d{1,2}[市县区镇乡])|西地省"),
    "mail_address": re.compile(r"[A-Za-z0-9._+-]@[\w-]+\.\w"),
}


@dataclass(frozen=True, slots=True)
class Shared:
    """The longest run of Han characters that one of our letters shares with any real letter; its words are not kept."""

    id: str
    length: int


def near_duplicates(letters: Sequence[LabelledLetter], least: float = TWINS_FROM) -> list[tuple[str, str, float]]:
    """All pairs of letters whose shingles overlap by at least ``least`` (Jaccard): ids and similarity, exact.

    Two sets this alike share one of the rarest ``n - ceil(least * n) + 1`` shingles of each; a shingle that no other letter has
    need not be looked up.
    """
    shingles = [_shingles(letter) for letter in letters]
    rarity = Counter(s for one in shingles for s in one)
    seen: defaultdict[str, list[int]] = defaultdict(list)
    pairs = []
    for i, one in enumerate(shingles):
        shared = sorted((s for s in one if rarity[s] > 1), key=lambda s: (rarity[s], s))
        own = len(one) - len(shared)
        prefix = shared[: max(len(one) - int(np.ceil(least * len(one))) + 1 - own, 0)]
        for j in sorted({j for s in prefix for j in seen[s]}):
            alike = len(one & shingles[j]) / len(one | shingles[j])
            if alike >= least:
                pairs.append((letters[j].id, letters[i].id, round(alike, 2)))
        for s in prefix:
            seen[s].append(i)
    return pairs


def _shingles(letter: LabelledLetter) -> set[str]:
    text = re.sub(r"\W", "", letter.document) or letter.document  # a text of signs alone is compared as it is
    return {text[i : i + SHINGLE] for i in range(max(len(text) - SHINGLE + 1, 1))}


def shared_with_real(ours: Sequence[LabelledLetter], real: Iterable[str], fixed: Sequence[str] = ()) -> list[Shared]:
    """Our letters that share more than ``LONGEST_SHARED`` Han characters in a row with a real document, ``fixed`` wording cut."""
    size = LONGEST_SHARED + 1
    runs = {letter.id: _han_runs(letter.document, fixed) for letter in ours}
    wanted = {run[i : i + size] for ones in runs.values() for run in ones for i in range(len(run) - size + 1)}
    found = {run[i : i + size] for text in real for run in _han_runs(text) for i in range(len(run) - size + 1)} & wanted
    lengths = {id: max((_longest_chain(run, found) for run in ones), default=0) for id, ones in runs.items()}
    return [Shared(id, length) for id, length in lengths.items() if length]


def _han_runs(document: str, fixed: Sequence[str] = ()) -> list[str]:
    """Han characters in a row: punctuation, white space and traditional forms smoothed away, fixed wording replaced by a break."""
    text = re.sub(r"\W", "", read(document).text)
    for wording in fixed:
        text = text.replace(wording, "|")
    return _HAN.findall(text)


def _longest_chain(run: str, found: set[str]) -> int:
    size, longest, chain = LONGEST_SHARED + 1, 0, 0
    for i in range(len(run) - size + 1):
        chain = chain + 1 if run[i : i + size] in found else 0
        longest = max(longest, chain + size - 1 if chain else 0)
    return longest


def fixed_wording(file: Path = FIXED_WORDING) -> list[str]:
    """Names of laws and institutions that anyone would write alike, the longest first; blank and ``#`` lines are left out."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)


def traces(letters: Iterable[LabelledLetter]) -> list[tuple[str, str]]:
    """Ids of letters that hold something a fictional letter must not, with the kind of trace."""
    plain = ((letter.id, unicodedata.normalize("NFKC", letter.document)) for letter in letters)
    return [(id, kind) for id, text in plain for kind, pattern in _TRACES.items() if pattern.search(text)]


def spread(letters: Sequence[LabelledLetter]) -> dict[str, Any]:
    """How many letters each category, purpose, channel and origin has; out of scope counted apart."""
    petitions = [letter for letter in letters if letter.in_scope]
    counts = {
        key: dict(Counter(getattr(letter, key) for letter in petitions).most_common())
        for key in ("category", "purpose", "channel", "origin")
    }
    return {"petitions": len(petitions), "out_of_scope": len(letters) - len(petitions), **counts}


def lengths(documents: Sequence[str]) -> dict[str, float]:
    """p10, median and p90 of the readable length in characters, and the shares of very short and long ones."""
    sizes = np.array([len(re.sub(r"\s", "", document)) for document in documents])
    p10, median, p90 = np.percentile(sizes, [10, 50, 90])
    return {
        "letters": len(sizes),
        "p10": float(p10),
        "median": float(median),
        "p90": float(p90),
        "under_30": round(float((sizes < SHORT).mean()), 4),
        "over_500": round(float((sizes > LONG).mean()), 4),
    }


def coverage(ours: Sequence[LabelledLetter], real: dict[str, list[str]]) -> dict[str, Any]:
    """The share of real words that our letters know: of running words, by our origin and by real file, and of words in use."""
    known: defaultdict[str, set[str]] = defaultdict(set)
    for letter in ours:
        known[letter.origin].update(_words(letter.document))
    everything = set().union(*known.values())
    running = {name: Counter(word for text in texts for word in _words(text)) for name, texts in real.items()}
    distinct = {text for texts in real.values() for text in texts}
    letters_with = Counter(word for text in distinct for word in set(_words(text)))
    in_use = [word for word, n in letters_with.items() if n >= WORD_IN_USE]
    all_running: Counter[str] = sum((Counter(c) for c in running.values()), Counter())
    return {
        "running_words": _known_share(all_running, everything),
        "by_origin": {origin: _known_share(all_running, vocabulary) for origin, vocabulary in sorted(known.items())},
        "by_real_file": {name: _known_share(count, everything) for name, count in running.items()},
        "words_in_use": len(in_use),
        "words_in_use_known": round(sum(word in everything for word in in_use) / max(len(in_use), 1), 4),
    }


def _words(document: str) -> Iterator[str]:
    return (word for word, _ in words(read(document)))


def _known_share(running: Counter[str], vocabulary: set[str]) -> float:
    return round(sum(n for word, n in running.items() if word in vocabulary) / max(running.total(), 1), 4)


def real_documents(folder: Path) -> dict[str, list[str]]:
    """Title and text of the real letters, by file; raises FileNotFoundError when one of the files is missing."""
    documents = {}
    for name in REAL_FILES:
        records = map(orjson.loads, (folder / f"{name}.jsonl").read_bytes().splitlines())
        documents[name] = [f"{record.get('title') or ''}\n{record.get('text') or ''}" for record in records]
    return documents


def check(letters: Sequence[LabelledLetter], real: dict[str, list[str]]) -> dict[str, Any]:
    """Everything this program finds, as numbers and our ids."""
    report: dict[str, Any] = {
        "spread": spread(letters),
        "lengths": {"ours": lengths([letter.document for letter in letters if letter.in_scope])},
        "near_duplicates": near_duplicates(letters),
        "traces": traces(letters),
    }
    if real:
        report["lengths"] |= {name: lengths(documents) for name, documents in real.items()}
        texts = (text for documents in real.values() for text in documents)
        report["shared_with_real"] = [(one.id, one.length) for one in shared_with_real(letters, texts, fixed_wording())]
        report["coverage"] = coverage(letters, real)
    return report


def faults(report: dict[str, Any]) -> int:
    """How many findings must be repaired before the letters may be shipped."""
    return sum(len(report.get(key, ())) for key in ("near_duplicates", "traces", "shared_with_real"))


def table(report: dict[str, Any]) -> Iterator[str]:
    """The report as lines for a terminal."""
    counts = report["spread"]
    yield f"letters        {counts['petitions']} in {len(counts['category'])} categories, {counts['out_of_scope']} out of scope"
    yield "fewest         " + ", ".join(f"{code} {n}" for code, n in list(counts["category"].items())[:-6:-1])
    for key in ("purpose", "channel", "origin"):
        yield f"{key:<14} " + ", ".join(f"{value} {n}" for value, n in counts[key].items())
    yield f"{'characters':<18}{'letters':>8}{'p10':>7}{'median':>8}{'p90':>7}{'<30':>8}{'>500':>8}"
    for name, row in report["lengths"].items():
        sizes = f"{row['letters']:>8}{row['p10']:>7.0f}{row['median']:>8.0f}{row['p90']:>7.0f}"
        yield f"{name:<18}{sizes}{row['under_30']:>8.1%}{row['over_500']:>8.1%}"
    if known := report.get("coverage"):
        in_use = f"{known['words_in_use_known']:.1%} of the {known['words_in_use']} words that {WORD_IN_USE} real letters use"
        yield f"known words    {known['running_words']:.1%} of running real words, {in_use}"
        yield "  by origin    " + ", ".join(f"{name} {share:.1%}" for name, share in known["by_origin"].items())
        yield "  by real file " + ", ".join(f"{name} {share:.1%}" for name, share in known["by_real_file"].items())
    for key in ("near_duplicates", "shared_with_real", "traces"):
        found = report.get(key)
        yield f"{key:<18}" + ("not checked: no real letters" if found is None else str(len(found)))
        yield from ("    " + " ".join(map(str, one)) for one in found or ())


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print, store; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, help="folder of real letters to measure against")
    parser.add_argument("--letters", type=Path, default=OURS, help="folder of written letters")
    parser.add_argument("--out", type=Path, help=f"JSON report (default with real letters: {RESULTS.relative_to(REPOSITORY)})")
    options = parser.parse_args(arguments)
    real = real_documents(options.real) if options.real and options.real.is_dir() else {}
    report = check(read_labelled([options.letters]), real)
    print("\n".join(table(report)))
    out = options.out or (RESULTS if real else None)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
    return 1 if faults(report) else 0


if __name__ == "__main__":
    sys.exit(main())
