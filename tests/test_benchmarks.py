"""The benchmarks' own arithmetic, on invented letters and the tiny model; nothing here measures time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest
from msgspec import structs

from benchmarks import accuracy, faithfulness, figures, report, signals
from benchmarks.figures import Figures, describe_model, judge, judge_peer
from benchmarks.machine import describe, filesystem
from benchmarks.open_loop import bodies
from benchmarks.peers import train_peers
from benchmarks.readme import readme_table
from benchmarks.real_letters import CodedLetter, GoldLetter, read_core_four, read_gold, read_stream
from benchmarks.run import main, store
from benchmarks.serving import latencies
from benchmarks.speed import DAY, pace, race
from benchmarks.stages import JSON, REST, stage_functions, stage_medians
from benchmarks.throughput import throughput
from classifier.assess import Assessor
from classifier.corpus import LabelledLetter, read_labelled
from classifier.errors import BadDataFile, BadTrainingData
from classifier.letter import Disposition, Evidence, Letter
from classifier.taxonomy import load_taxonomy

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
WAGES = "我们38名工人在工地干活，包工头拖欠工资半年不给，仲裁委已受理，请帮忙讨要。"
LAND = "村里征地，补偿款至今没有发到我们手里，请查一查。"
CLASSES = ["LAND.EXPROP", "LABOR.MIGRANTWAGE", "DEMO.COMP"]


def gold_letter(text: str, *right: str, **said: object) -> GoldLetter:
    plain = GoldLetter(Letter("1", text), right, "APPEAL", "none", None, "none", litigation=False, lead="RSJ", sure=True)
    return replace(plain, **said)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def gold() -> list[GoldLetter]:
    return [
        gold_letter(WAGES, "LABOR.MIGRANTWAGE", group="likely", litigation=True),
        gold_letter(LAND, "LAND.EXPROP", "DEMO.COMP", lead="ZRZY", sure=False),
    ]


def test_the_other_defensible_category_counts_as_right(gold: list[GoldLetter]) -> None:
    p = np.array([[0.1, 0.8, 0.1], [0.2, 0.1, 0.7]])
    cards = accuracy.by_certainty(p, CLASSES, gold)
    assert cards["all"].at_1 == 1
    assert cards["sure"].letters == 1


def test_the_reliability_table_holds_every_letter_once(gold: list[GoldLetter]) -> None:
    p = np.array([[1.0, 0.0, 0.0], [0.05, 0.05, 0.9]])  # wrong; the other defensible category
    table = accuracy.reliability(p, CLASSES, gold)
    assert [(r.low, r.letters, r.right) for r in table] == [(0.9, 1, 1.0), (0.95, 1, 0.0)]


def test_even_a_perfectly_honest_model_shows_a_calibration_error_on_few_letters() -> None:
    p = np.full((100, 2), [0.7, 0.3])
    few, many = accuracy.honest_error(p[:20])[0], accuracy.honest_error(p)[0]
    assert few > many > 0
    assert accuracy.honest_error(np.array([[1.0, 0.0]])) == (0.0, 0.0)


def test_a_letter_coded_with_a_domain_is_found_in_any_of_its_categories() -> None:
    letters = [CodedLetter(Letter("1", "房子拆了"), ("DEMO",)), CodedLetter(Letter("2", "没发工资"), ("LABOR.WAGE",))]
    p = np.array([[0.3, 0.1, 0.6], [0.2, 0.7, 0.1]])
    recall = {c.matter: (c.letters, c.at_1) for c in accuracy.core_recall(p, CLASSES, letters)}
    assert recall == {"拆迁": (1, 1.0), "欠薪": (1, 1.0)}  # all wage arrears are coded LABOR.WAGE


def test_letters_in_misleading_settings_are_never_learnt() -> None:
    misleading = read_labelled([figures.WRITTEN / "misleading.jsonl"])
    assert {x.category for x in misleading} == set(load_taxonomy().categories)
    learnt = {(x.title, x.text) for x in read_labelled([PAGE.parent.parent / "training_data"])}
    assert learnt.isdisjoint((x.title, x.text) for x in misleading)


def test_only_letters_routed_alone_can_go_astray_alone(assessor: Assessor, gold: list[GoldLetter]) -> None:
    assessments = [assessor.assess(g.letter, today=DAY) for g in gold]
    sent = [
        structs.replace(assessments[0], disposition=Disposition.AUTO, doubts=()),
        structs.replace(assessments[1], disposition=Disposition.REVIEW, doubts=("tie",)),
    ]
    wrong = gold_letter(WAGES, "LAND.EXPROP", lead="ZRZY")
    alone = accuracy.alone(sent, [wrong, gold[1]])
    assert (alone.letters, alone.share, alone.wrong_category, alone.wrong_lead) == (1, 0.5, 1.0, 1.0)
    assert alone.doubts == {"tie": 1}


def test_scope_says_when_the_training_run_recorded_no_auroc(assessor: Assessor, gold: list[GoldLetter]) -> None:
    assessments = [assessor.assess(g.letter, today=DAY) for g in gold]
    assert accuracy.scope(assessments, {}).auroc is None
    assert accuracy.scope(assessments, {"scope_auroc": 0.97}).auroc == 0.97


def test_signals_count_what_was_said_and_what_is_so(assessor: Assessor, gold: list[GoldLetter]) -> None:
    assessments = [assessor.assess(g.letter, today=DAY) for g in gold]
    found = {f.what: f for f in signals.signals(assessments, gold)}
    assert (found["litigation"].letters, found["litigation"].said, found["litigation"].both) == (1, 1, 1)
    assert found["group likely"].recall == 1
    assert found["urgency R1 or above"].precision is None


def test_a_number_of_people_must_be_the_stated_one(assessor: Assessor, gold: list[GoldLetter]) -> None:
    read = assessor.assess(gold[0].letter, today=DAY)
    group = structs.replace(read.signals.group, affected_count=38)
    read = structs.replace(read, signals=structs.replace(read.signals, group=group))
    other, same = gold_letter(WAGES, "LABOR.MIGRANTWAGE", affected=39), gold_letter(WAGES, "LABOR.MIGRANTWAGE", affected=38)
    counted = signals.signals([read, read], [other, same])[-1]
    assert (counted.letters, counted.said, counted.both) == (2, 2, 1)


def test_each_purpose_is_judged_once(assessor: Assessor, gold: list[GoldLetter]) -> None:
    assessments = [assessor.assess(g.letter, today=DAY) for g in gold]
    found = signals.purposes(assessments, gold)
    assert sum(f.letters for f in found) == sum(f.said for f in found) == len(gold)
    assert signals.purpose_accuracy(assessments, gold) == sum(f.both for f in found) / len(gold)


@pytest.fixture(scope="module")
def small(letters: list[LabelledLetter]) -> list[LabelledLetter]:
    return letters[::8]


def test_peers_learn_from_petitions_and_the_taxonomys_words(
    assessor: Assessor, small: list[LabelledLetter], gold: list[GoldLetter]
) -> None:
    peers = train_peers(small, load_taxonomy())
    assert all(set(peer.classes) == set(load_taxonomy().categories) for peer in peers)  # no class for what is no petition
    assert [judge_peer(peer, gold).calibrated for peer in peers] == [False, True, True]
    duel = race(assessor, peers[-1], [g.letter for g in gold] * 2, block=2)
    assert duel.letters == 4
    assert duel.lowest_ratio <= duel.highest_ratio
    batch = throughput(assessor, peers[-1], [g.letter for g in gold] * 2, rounds=1)
    assert batch.letters == 4
    assert min(batch.times_textbook, batch.of_segmentation, batch.second_core, batch.shared_work) > 0


def test_every_stage_is_found_and_unwrapped_again(assessor: Assessor, gold: list[GoldLetter]) -> None:
    gone = [(stage, name) for stage, owner, name in stage_functions() if not hasattr(owner, name)]
    assert gone == []  # renamed or merged in classifier/: correct benchmarks/stages.py
    before = [getattr(owner, name) for _, owner, name in stage_functions()]
    medians = stage_medians(assessor, [g.letter for g in gold])
    assert [getattr(owner, name) for _, owner, name in stage_functions()] == before
    assert [stage for stage, us in medians.items() if us <= 0] == []
    assert list(medians)[-2:] == [REST, JSON]


def test_quoted_words_carry_more_than_as_many_others(assessor: Assessor, gold: list[GoldLetter]) -> None:
    told = faithfulness.reasons(assessor, gold, draws=3)
    quoted, stretches, characters, kept, others_kept = told.changes
    assert (quoted.fall or 0) > max(stretches.fall or 0, characters.fall or 0)
    assert (kept.fall or 0) < (others_kept.fall or 0)
    assert 0 < told.quoted < 1


def test_a_random_deletion_takes_as_much_as_the_quotation() -> None:
    letter, chance = Letter("1", "我们在工地干活，包工头拖欠工资。", "讨薪"), np.random.default_rng(0)
    like = faithfulness.marks(letter, [Evidence("工地", 3, 5), Evidence("拖欠工资", 11, 15), Evidence("讨薪", 0, 2, field="title")])
    for _ in range(20):
        stretches, scattered = (f(like, letter, chance) for f in (faithfulness.stretches_like, faithfulness.scattered_like))
        assert stretches.sum() == scattered.sum() == like.sum() == 8
        assert not stretches[[2, 10, 18]].any()  # the end of the title, comma and full stop are no readable characters
    assert faithfulness.without(letter, like) == structs.replace(letter, title="，", text="我们在，干活，包工头，。")


def test_where_nothing_pulled_away_nothing_is_deleted(assessor: Assessor) -> None:
    told = faithfulness.reasons(assessor, [gold_letter("！", "LABOR.WAGE")], draws=1)
    assert told.against == 0
    assert [change.fall for change in told.changes_against] == [None, None]
    assert told.similar.any == 0


def test_pace_is_median_and_99th_percentile() -> None:
    assert pace(np.arange(101.0)).median_us == 50
    assert pace(np.arange(101.0)).p99_us == 99


def test_latencies_leave_failures_out_and_the_first_second_apart() -> None:
    waited = latencies([("1", 0.4, ""), ("2", 9.0, "503"), ("3", 0.01, ""), ("4", 0.02, "")], rate=2)
    assert (waited.first_ms, waited.worst_ms) == (400, 400)
    assert waited.settled_p50_ms == pytest.approx(15)


def test_when_nothing_was_acknowledged_there_is_no_latency() -> None:
    assert report.table([""], [[latencies([("1", 1.0, "503")], rate=1).p50_ms]]).endswith("| – |")


def test_requests_have_ids_of_our_own(tmp_path: Path) -> None:
    file = tmp_path / "stream.jsonl"
    file.write_text(json.dumps({"id": "secret", "title": "讨薪", "text": WAGES, "sender": "somebody"}) + "\n", encoding="utf-8")
    made = bodies(file, 2)
    assert [own for own, _ in made] == ["bench-000000", "bench-000001"]
    assert b"secret" not in made[0][1]
    assert b"somebody" not in made[0][1]


@pytest.mark.parametrize(
    ("line", "fault"), [("{", "gold.jsonl:2: not JSON"), ('{"id": "1", "text": "机密"}', "gold.jsonl:2: without cat")]
)
def test_a_broken_real_letter_is_named_by_row_and_never_quoted(tmp_path: Path, line: str, fault: str) -> None:
    good = {"id": "1", "text": WAGES, "cat": "LABOR.WAGE", "purpose": "APPEAL", "group": "none", "urgency": "none", "sure": 1}
    (tmp_path / "gold.jsonl").write_text(json.dumps(good) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(BadTrainingData, match=fault) as raised:
        read_gold(tmp_path)
    assert "机密" not in str(raised.value)


def test_real_letters_keep_what_is_judged(tmp_path: Path) -> None:
    coded = {"id": 7, "title": "讨薪", "text": WAGES, "codes": ["LABOR.WAGE"]}
    for name in ("core_four.jsonl", "stream.jsonl"):
        (tmp_path / name).write_text(json.dumps(coded) + "\n" + json.dumps(coded) + "\n", encoding="utf-8")
    assert read_core_four(tmp_path)[0] == CodedLetter(Letter("7", WAGES, "讨薪"), ("LABOR.WAGE",))
    assert len(read_stream(tmp_path, 1)) == 1


def test_without_the_real_letters_it_says_which_option_names_them(
    tmp_path: Path, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = str(tmp_path / "none")
    assert main(["--real", none, "--models", str(models_dir), "--training", none, "--only", "quality"]) == 1
    assert "none" in capsys.readouterr().err


def test_a_run_fills_the_page_and_stores_numbers_without_words(
    tmp_path: Path, assessor: Assessor, models_dir: Path, gold: list[GoldLetter]
) -> None:
    core = [CodedLetter(Letter("1", LAND), ("LAND.EXPROP",))]
    quality = judge(assessor, [], gold, core, {}, [one.letter for one in gold])
    told = faithfulness.reasons(assessor, gold, draws=1)
    figures = Figures(describe(), describe_model(assessor, models_dir), quality, told, stages={"read": 1.0})
    assert sum(quality.urgencies.values()) == len(gold)
    assert {f.what for f in quality.written if f.both > f.said or f.both > f.letters} == set()
    page = tmp_path / "benchmarks.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    report.fill(page, report.regions(figures))
    report.fill(page, report.regions(figures))  # a second run replaces the first
    store(figures, tmp_path / "results" / "bench.json")
    stored = (tmp_path / "results" / "bench.json").read_text(encoding="utf-8")
    assert assessor.version in page.read_text(encoding="utf-8")
    assert orjson.loads(stored)["quality"]["certainty"]["all"]["letters"] == 2
    assert "包工头" not in stored + page.read_text(encoding="utf-8")


def test_the_readme_tells_figures_of_whole_runs_only(assessor: Assessor, models_dir: Path) -> None:
    assert "<!-- generated: bench-figures -->" in (PAGE.parent.parent / "README.md").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="whole run"):
        readme_table(Figures(describe(), describe_model(assessor, models_dir)))


def test_the_page_has_a_region_for_every_part_of_a_whole_run() -> None:
    regions = {
        "machine",
        "peers",
        "certainty",
        "reliability",
        "core-four",
        "hardness",
        "misleading",
        "scope",
        "labels",
        "growth",
        "corrections",
        "alone",
        "contract",
        "purpose",
        "signals",
        "written",
        "alerts",
        "further-matters",
        "reasons",
        "speed",
        "stages",
        "throughput",
        "serving",
    }
    content = PAGE.read_text(encoding="utf-8")
    assert {name for name in regions if content.count(f"<!-- generated: {name} -->") != 1} == set()
    assert content.count(report.END) == len(regions)


def test_a_page_without_the_marker_is_left_as_it_was(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- generated: a -->\nold\n<!-- end generated -->\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match="generated: b"):
        report.fill(page, {"a": "new", "b": "new"})
    assert "old" in page.read_text(encoding="utf-8")


def test_the_machine_is_described_without_its_name() -> None:
    told = orjson.loads(orjson.dumps(describe()))
    assert set(told) == {"cores", "processor", "memory_gb", "system", "python", "libraries", "busy"}
    assert "/" not in filesystem(Path.cwd())
