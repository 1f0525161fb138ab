"""Model versions in a folder: save, check, load, promote, roll back. The only door to joblib.

``models/<day>-<digest>/`` holds ``model.joblib`` (plain containers and arrays, no classes of ours), ``dictionary.txt``,
``manifest.json`` and ``card.md``; the one-line file ``models/champion`` says which version answers, ``models/previous`` which
one did before. A file is read only after its SHA-256 has been found equal to the manifest's: joblib's format can run code, so
nothing unknown is ever opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from classifier.compiled import LAYOUT, CompiledModel, load_state
from classifier.contract import Outcomes, load_outcomes
from classifier.errors import Conflict, ModelError, ModelMissing, ModelTampered
from classifier.grouping.pair import PARTS
from classifier.grouping.scorer import PairScorer, scorer_from
from classifier.history import Promotion, alone, begin, finish, read_history
from classifier.neighbours import Neighbours, load_neighbours

MODEL_FILE, DICTIONARY_FILE, MANIFEST_FILE, CARD_FILE = "model.joblib", "dictionary.txt", "manifest.json", "card.md"
CHAMPION, PREVIOUS = "champion", "previous"
COMPRESSION = ("zlib", 6)
PICKLE_PROTOCOL = 4
_VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}-[0-9a-f]{6}$")


@dataclass(frozen=True, slots=True)
class SavedModel:
    """A version that was checked and loaded."""

    version: str
    manifest: dict[str, Any]
    dictionary: Path
    model: CompiledModel
    outcomes: Outcomes
    neighbours: Neighbours
    pair_scorer: PairScorer | None = None  # as officers' decisions on groups taught it; None: the shipped one


def save(models: Path, state: dict[str, Any], dictionary: Path, manifest: dict[str, Any], card: str) -> str:
    """Write one version, whole or not at all, and give its name; saving the same model twice changes nothing.

    ``manifest`` must hold ``day`` (ISO date); digests and layout are added here. Raises ModelError when the folder cannot be
    written.
    """
    try:
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".saving-", dir=models) as scratch:
            draft = Path(scratch) / "version"
            draft.mkdir()
            import joblib  # where a model is read or written: importing the service need not wait for it

            joblib.dump(state, draft / MODEL_FILE, compress=COMPRESSION, protocol=PICKLE_PROTOCOL)
            shutil.copyfile(dictionary, draft / DICTIONARY_FILE)
            digests = {name: _digest(draft / name) for name in (MODEL_FILE, DICTIONARY_FILE)}
            version = f"{manifest['day']}-{digests[MODEL_FILE][:6]}"
            manifest = {"version": version, "layout": LAYOUT, **manifest, "sha256": digests}
            (draft / CARD_FILE).write_text(card.replace("{version}", version), encoding="utf-8")
            (draft / MANIFEST_FILE).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            _move(draft, models / version)
    except OSError as fault:
        raise ModelError(f"cannot save a model in {models}: {fault.strerror or fault}") from fault
    return version


def _move(draft: Path, target: Path) -> None:
    for file in draft.iterdir():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
    if target.exists():  # the same model: file by file, for it may be answering
        for file in draft.iterdir():
            file.replace(target / file.name)
        return
    draft.rename(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Let a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def load(models: Path, version: str | None = None) -> SavedModel:
    """Check and load a version, the champion if none is named.

    ``models`` may also be one version's own folder. Raises ModelMissing, ModelTampered (a digest differs) or ModelError (a newer
    layout).
    """
    folder = _folder(models, version)
    manifest = read_manifest(folder)
    if manifest.get("layout") != LAYOUT:
        raise ModelError(
            f"{folder}: layout {manifest.get('layout')!r}, this program reads {LAYOUT}; update it or train the model anew"
        )
    for name in (MODEL_FILE, DICTIONARY_FILE):
        _check(folder / name, manifest.get("sha256", {}).get(name))
    try:
        import joblib

        state = joblib.load(folder / MODEL_FILE)
        model, outcomes, neighbours = load_state(state), load_outcomes(state["outcomes"]), load_neighbours(state)
        pair_scorer = _pair_scorer(state)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, EOFError) as fault:
        raise ModelError(f"{folder / MODEL_FILE}: not a model of this program ({type(fault).__name__}); train it anew") from fault
    return SavedModel(manifest["version"], manifest, folder / DICTIONARY_FILE, model, outcomes, neighbours, pair_scorer)


def _pair_scorer(state: dict[str, Any]) -> PairScorer | None:
    """The scorer that came with the model; one over other parts than this program compares gives way to the shipped one."""
    saved = state.get("pair_scorer")
    return scorer_from(saved) if saved is not None and tuple(saved["parts"]) == PARTS else None


def _folder(models: Path, version: str | None) -> Path:
    if version is None and (models / MANIFEST_FILE).is_file():
        return models
    name = version or champion(models)
    if not name:
        raise ModelMissing(f"no champion in {models}: train a model and promote it (fenxin train …, fenxin models promote VERSION)")
    if not _VERSION.match(name):
        raise ModelMissing(f"{name!r} is no model version (such as 2026-11-22-3f9c1a)")
    if not (models / name / MANIFEST_FILE).is_file():
        raise ModelMissing(f"no model {name} in {models}; fenxin models list shows what is there")
    return models / name


def read_manifest(folder: Path) -> dict[str, Any]:
    """A version's manifest; raises ModelError where it cannot be read."""
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        if not isinstance(manifest, dict) or "version" not in manifest:
            raise ValueError("not a manifest")
    except (OSError, ValueError) as fault:
        raise ModelError(f"{folder / MANIFEST_FILE}: {fault}") from fault
    return manifest


def _check(file: Path, expected: str | None) -> None:
    if not file.is_file():
        raise ModelMissing(f"{file} is missing; restore the folder or train the model anew")
    if _digest(file) != expected:
        raise ModelTampered(f"{file} is not the file its manifest describes (SHA-256 differs); it was not opened")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def versions(models: Path) -> list[dict[str, Any]]:
    """The manifests of all versions, oldest day first and within a day in the order they were written here."""
    folders = [folder for folder in models.iterdir() if _VERSION.match(folder.name)] if models.is_dir() else []
    return [read_manifest(folder) for folder in sorted(folders, key=_age)]


def _age(folder: Path) -> tuple[str, int, str]:
    manifest = folder / MANIFEST_FILE
    return folder.name[: len("2026-01-31")], manifest.stat().st_mtime_ns if manifest.is_file() else 0, folder.name


def champion(models: Path, pointer: str = CHAMPION) -> str | None:
    """The version that answers (or, with ``PREVIOUS``, the one that did before); None where there is none."""
    file = models / pointer
    return file.read_text(encoding="utf-8", errors="replace").strip() or None if file.is_file() else None


def verdict_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """What the comparison with the champion of its day said: ``accepted`` is True, False, or None where none was made."""
    verdict = manifest.get("verdict")
    known = isinstance(verdict, dict) and isinstance(verdict.get("accepted"), bool)
    return verdict if known and isinstance(verdict, dict) else {"accepted": None, "reasons": [], "measures": {}}


def promote(
    models: Path,
    version: str,
    *,
    officer: str = "",
    reason: str = "",
    despite_verdict: bool = False,
    seen: str | None = None,
    kind: str = "promote",
) -> str | None:
    """Let a version answer from now on, and give the one that did; the version is checked whole before the pointer moves.

    The pointer is one file, replaced at once: a process killed at any instant leaves the old version or the new. ``seen`` is the
    champion that the caller knows of. Raises Conflict for a refused version (unless ``despite_verdict``) or another champion than
    ``seen``, ModelError where the version cannot be used or the folder not be written.
    """
    verdict = verdict_of(load(models, version).manifest)
    refused = verdict["accepted"] is False
    if refused and not despite_verdict:
        raise Conflict(f"{version} was refused: {'; '.join(map(str, verdict.get('reasons', [])))}")
    with alone(models):
        before = champion(models)
        if seen is not None and before != seen:
            raise Conflict(f"the champion is {before} by now, not {seen}; look again before you change it")
        if before == version:
            return before
        moment = datetime.now(UTC).isoformat(timespec="microseconds")
        promotion = Promotion(moment, officer, reason, kind, before, version, refused)
        begin(models, promotion, before)
        _point(models, CHAMPION, version)
        finish(models, promotion)
        if before:
            _point(models, PREVIOUS, before)
    return before


def rollback(models: Path, *, officer: str = "", reason: str = "", seen: str | None = None) -> str:
    """Let the version answer that did before the last promotion; rolling back twice returns."""
    now = champion(models)
    past = [one.before for one in history(models) if one.after == now and one.before]
    before = past[-1] if past else champion(models, PREVIOUS)
    if not before or before == now:
        raise ModelMissing(f"nothing to roll back to in {models}: only one model was ever promoted")
    promote(models, before, officer=officer, reason=reason, seen=seen or now, despite_verdict=True, kind="rollback")
    return before


def history(models: Path) -> list[Promotion]:
    """All changes of the champion, oldest first."""
    return read_history(models, champion(models))


def _point(models: Path, pointer: str, version: str) -> None:
    draft = models / f".{pointer}.new"
    try:
        with draft.open("w", encoding="utf-8") as handle:
            handle.write(f"{version}\n")
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(models / pointer)
        _sync_folder(models)
    except OSError as fault:
        raise ModelError(f"cannot write {models / pointer}: {fault.strerror or fault}") from fault
