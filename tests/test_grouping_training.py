"""Written matters, the stream made of them, and the trees laid out as arrays."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from classifier.errors import BadTrainingData
from classifier.grouping.exercises import AGAIN, Recipe, WrittenLetter, make_stream, read_matters
from classifier.grouping.pair import PARTS
from classifier.grouping.scorer import load_scorer
from classifier.grouping.training import NEAR, ONE_IN, _numbered_alike, as_scorer, directions, lay_out, thinned

MATTERS = Path(__file__).parent.parent / "training_data" / "matters"


@pytest.fixture(scope="module")
def written() -> list[WrittenLetter]:
    return read_matters(MATTERS)


def test_there_are_enough_matters_and_enough_look_alikes(written: list[WrittenLetter]) -> None:
    assert len({x.matter for x in written if x.matter}) >= 200
    assert sum(not x.matter for x in written) >= 200


def test_every_matter_has_two_letters_and_opens_once(written: list[WrittenLetter]) -> None:
    kinds = defaultdict(list)
    for x in written:
        if x.matter:
            kinds[x.matter].append(x.kind)
    assert [m for m, found in kinds.items() if len(found) < 2 or found.count("first") != 1] == []


def test_a_repeat_is_by_a_sender_who_wrote_before(written: list[WrittenLetter]) -> None:
    senders = defaultdict(list)
    for x in sorted(written, key=lambda x: x.received_at):
        if x.matter:
            senders[x.matter].append((x.sender, x.kind))
    bad = [m for m, seen in senders.items() for i, (who, kind) in enumerate(seen) if kind == "repeat" and who not in dict(seen[:i])]
    assert bad == []


def test_telephone_numbers_are_fictional(written: list[WrittenLetter]) -> None:
    numbers = [n for x in written for n in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", x.title + x.text)]
    assert [n for n in numbers if not n.startswith("1380000")] == []


def test_a_letter_alone_with_a_matter_names_file_and_row(tmp_path: Path) -> None:
    line = '{"matter":"A","kind":"alone","title":"","text":"搅拌站","received_at":"2026-03-04T09:12:00","sender":"u1"}'
    (tmp_path / "x.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(BadTrainingData, match=r"x\.jsonl:1"):
        read_matters(tmp_path)


def test_the_same_seed_makes_the_same_stream(written: list[WrittenLetter]) -> None:
    alone = [x for x in written if not x.matter]
    recipe = Recipe(alone=50, seed=3)
    one, two = (make_stream(written, alone, lambda title, text: "", recipe) for _ in range(2))
    assert one == two
    assert [x.received_at for x in one] == sorted(x.received_at for x in one)


def test_a_tireless_writer_writes_about_many_things(written: list[WrittenLetter]) -> None:
    alone = [replace(x, category="URBAN.NOISE") for x in written if not x.matter]
    things = defaultdict(set)
    for x in make_stream([], alone, lambda title, text: "", Recipe(alone=200, tireless=2, same_sender=0)):
        things[x.sender].add(x.matter or x.id)
    assert min(len(things[f"tireless-{n}"]) for n in range(2)) >= 6


def test_some_categories_fill_the_board(written: list[WrittenLetter]) -> None:
    alone = [replace(x, category=f"C{at % 20}") for at, x in enumerate(x for x in written if not x.matter)]
    recipe = Recipe(alone=100, tireless=0, again=0, seed=1)
    of_each = Counter(x.category for x in make_stream([], alone, lambda title, text: "", recipe))
    assert max(of_each.values()) >= 3 * 100 / 20


def test_a_matter_has_one_number_in_every_stream(written: list[WrittenLetter]) -> None:
    one, other, third = written[0], written[1], replace(written[2], matter="", id="z")
    streams = [[one, third], [replace(third, matter=AGAIN + "z"), other]]
    numbers: dict[str, int] = {}
    none = np.empty((2, 0), np.float32), np.zeros(2, np.bool_), np.arange(2)
    first, second = (_numbered_alike(none, stream, numbers)[2].tolist() for stream in streams)
    assert first[1] == second[0]
    assert first[0] == second[1] == numbers[one.matter]


def test_thinning_keeps_what_is_near_or_one_matter_and_counts_the_rest_in_full() -> None:
    parts = np.zeros((400, len(PARTS)), np.float32)
    parts[:, PARTS.index("place among the candidates")] = np.arange(400) % 20
    same = np.arange(400) % 50 == 19
    (kept, alike, _), weight = thinned((parts, same, np.arange(400)))
    assert alike.sum() == same.sum()
    assert (kept[:, PARTS.index("place among the candidates")] < NEAR).sum() == 400 // 20 * NEAR
    assert abs(weight.sum() - 400) < ONE_IN


def test_trees_in_arrays_answer_as_the_fitted_ones() -> None:
    rng = np.random.default_rng(0)
    parts = rng.random((400, len(PARTS))).astype(np.float32)
    same = parts[:, 0] + parts[:, 5] > 1.1
    model = HistGradientBoostingClassifier(max_iter=20, monotonic_cst=directions(), random_state=0).fit(parts, same)
    ours = as_scorer(lay_out(model, 1.0, 0.0)).score(parts)
    assert np.allclose(ours, model.predict_proba(parts)[:, 1], atol=1e-5)


def test_every_part_has_a_direction() -> None:
    found = dict(zip(PARTS, directions(), strict=True))
    assert len(found) == len(PARTS)
    assert found["known words: cosine"] == 1
    assert found["days apart"] == found["names: rarest of the new letter not shared"] == -1


def test_the_shipped_scorer_fits_the_parts() -> None:
    scorer = load_scorer()
    assert scorer.feature.max() < len(PARTS)
    assert 0 <= float(scorer.score(np.zeros((1, len(PARTS)), np.float32))[0]) < 0.5
