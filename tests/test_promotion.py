"""The champion is one pointer: old or new at any instant, with who and why; what was refused needs a person's express word."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from classifier import registry
from classifier.errors import Conflict, ModelError, ModelMissing
from classifier.history import HISTORY


@pytest.fixture
def models(models_dir: Path, tmp_path: Path) -> Path:
    """A champion, one version that passed its comparison, one that was refused."""
    folder = Path(shutil.copytree(models_dir, tmp_path / "models"))
    for version, accepted in (("2026-11-29-aaaaaa", True), ("2026-11-29-bbbbbb", False)):
        copy_version(folder, version, verdict={"accepted": accepted, "reasons": ["LAND.EXPROP 变差"], "measures": {}})
    return folder


def copy_version(folder: Path, version: str, **told: object) -> str:
    """The champion's files under another name."""
    shutil.copytree(folder / str(registry.champion(folder)), folder / version)
    file = folder / version / registry.MANIFEST_FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": version} | told))
    return version


def test_every_promotion_says_who_when_why_from_where_to_where(models: Path) -> None:
    first = registry.champion(models)
    registry.promote(models, "2026-11-29-aaaaaa", officer="张敏", reason="预览无异常")
    registry.rollback(models, officer="李静", reason="转错")
    past = registry.history(models)[-2:]
    told = [(one.officer, one.reason, one.kind, one.before, one.after) for one in past]
    assert told == [
        ("张敏", "预览无异常", "promote", first, "2026-11-29-aaaaaa"),
        ("李静", "转错", "rollback", "2026-11-29-aaaaaa", first),
    ]
    assert past[0].at < past[1].at


def test_a_refused_version_needs_an_express_word_that_is_recorded(models: Path) -> None:
    first = registry.champion(models)
    with pytest.raises(Conflict, match=r"LAND\.EXPROP 变差"):
        registry.promote(models, "2026-11-29-bbbbbb", officer="张敏", reason="试")
    assert registry.champion(models) == first
    registry.promote(models, "2026-11-29-bbbbbb", officer="张敏", reason="试", despite_verdict=True)
    assert registry.history(models)[-1].despite_verdict
    registry.promote(models, "2026-11-29-aaaaaa", officer="张敏", reason="好", despite_verdict=True)
    assert not registry.history(models)[-1].despite_verdict


def test_who_looked_at_another_champion_changes_nothing(models: Path) -> None:
    with pytest.raises(Conflict, match="look again"):
        registry.promote(models, "2026-11-29-aaaaaa", seen="2026-01-01-000000")
    assert registry.champion(models) != "2026-11-29-aaaaaa"


def test_the_champion_itself_is_promoted_without_a_line(models: Path) -> None:
    before = registry.history(models)
    registry.promote(models, str(registry.champion(models)))
    assert registry.history(models) == before


def test_what_was_begun_and_did_not_happen_is_not_told(models: Path) -> None:
    registry.promote(models, "2026-11-29-aaaaaa", officer="张敏", reason="好")
    begun = {"at": "2026-11-30", "officer": "王", "reason": "断电", "kind": "promote", "before": "x", "after": "2026-11-29-bbbbbb"}
    with (models / HISTORY).open("a") as file:
        file.write(json.dumps(begun) + "\n" + '{"at": "2026-12-0')  # the power went here
    assert registry.history(models)[-1].officer == "张敏"
    assert registry.rollback(models, officer="李静", reason="回") != "2026-11-29-aaaaaa"
    assert [one.officer for one in registry.history(models)][-2:] == ["张敏", "李静"]


def test_what_happened_is_told_although_the_last_line_is_missing(models: Path) -> None:
    registry.promote(models, "2026-11-29-aaaaaa", officer="张敏", reason="好")
    lines = (models / HISTORY).read_text().splitlines(keepends=True)
    (models / HISTORY).write_text("".join(lines[:-1]))
    assert registry.history(models)[-1].officer == "张敏"
    registry.rollback(models, officer="李静", reason="回")
    assert [one.officer for one in registry.history(models)][-2:] == ["张敏", "李静"]


def test_nothing_is_promoted_that_cannot_be_written_down(models: Path) -> None:
    before = registry.champion(models)
    (models / HISTORY).unlink()
    (models / HISTORY).mkdir()
    with pytest.raises(ModelError, match="nothing was promoted"):
        registry.promote(models, "2026-11-29-aaaaaa")
    assert registry.champion(models) == before


def test_a_version_by_a_newer_program_is_not_promoted(models: Path) -> None:
    before = registry.champion(models)
    newer = copy_version(models, "2026-12-01-cccccc", layout=99)
    with pytest.raises(ModelError, match="layout 99"):
        registry.promote(models, newer)
    assert registry.champion(models) == before


def test_with_one_version_there_is_nothing_to_roll_back_to(models_dir: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models_dir, tmp_path / "one"))
    with pytest.raises(ModelMissing, match="nothing to roll back to"):
        registry.rollback(folder)


BACK_AND_FORTH = """
import sys
from pathlib import Path
from classifier import registry
from classifier.registry import SavedModel
models, versions = Path(sys.argv[1]), sys.argv[2:]
checked = registry.load(models, versions[0])
registry.load = lambda *_: checked  # the check takes long; it is the pointer that is to be hit
while True:
    for version in versions:
        registry.promote(models, version, officer="甲", reason="乙")
        print(version, flush=True)
"""


@pytest.mark.parametrize("after", [1, 4, 9, 17])
def test_kill_9_at_any_instant_leaves_the_old_or_the_new(models: Path, after: int) -> None:
    versions = [str(registry.champion(models)), "2026-11-29-aaaaaa"]
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", BACK_AND_FORTH, str(models), *versions]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as busy:
        assert busy.stdout
        for _ in range(after):
            busy.stdout.readline()
        busy.send_signal(signal.SIGKILL)
        busy.wait()
    champion = registry.champion(models)
    assert champion in versions
    assert registry.history(models)[-1].after == champion
    registry.promote(models, next(one for one in versions if one != champion), officer="丙", reason="丁")
    assert registry.history(models)[-1].before == champion
