"""Model office: what may be done with model versions: look, preview, promote, roll back; each by a named person with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

import orjson

from classifier import registry
from classifier.assess import Assessor, load_assessor
from classifier.errors import BadDataFile, BadInput, Conflict, ModelError, ModelMissing, NotFound
from classifier.preview import Preview, moves
from service.access import Caller
from service.desk import Desk
from service.filing import Reply, Ticket
from service.moments import utc_text
from service.recent import LOOKED_BACK, recent_letters, unhurried
from service.rounds import follow_champion
from service.storage import answer_once, earlier_reply

T = TypeVar("T")
LOOKERS = ("model", "review", "admin")  # roles


@dataclass(frozen=True, slots=True)
class Previewed:
    """What would move if ``after`` answered instead of ``before``; ``stored`` letters came in, the newest were looked at."""

    before: str
    after: str
    since: str
    stored: int
    preview: Preview


def list_models(desk: Desk) -> dict[str, Any]:
    """All versions, newest first, with their verdicts; the champion, what this replica answers with, and the history."""
    models = desk.settings.models
    return {
        "champion": registry.champion(models),
        "answering": desk.assessor.version,
        "fault": desk.unfit.fault if desk.unfit else None,
        "models": [_brief(manifest) for manifest in reversed(registry.versions(models))],
        "history": [asdict(one) for one in reversed(registry.history(models))],
    }


def show_model(desk: Desk, version: str) -> dict[str, Any]:
    """A version's manifest with its verdict, and what group decisions taught (None: it was not made from decisions).

    Raises:
        NotFound: no such version.
    """
    models = desk.settings.models
    name = registry.champion(models) or "" if version == "champion" else version
    manifest = next((one for one in registry.versions(models) if one["version"] == name), None)
    if manifest is None:
        raise NotFound("没有这个模型版本")
    past = [asdict(one) for one in registry.history(models) if name in (one.before, one.after)]
    told = {"champion": registry.champion(models) == name, "groups": manifest.get("groups")}
    return _brief(manifest) | told | {"manifest": manifest, "history": past}


def _brief(manifest: dict[str, Any]) -> dict[str, Any]:
    told = {"version": manifest["version"], "day": manifest.get("day"), "verdict": registry.verdict_of(manifest)}
    told |= {"compared_with": manifest.get("champion")}
    return told | {"letters": manifest.get("data", {}).get("letters"), "held_out": manifest.get("held_out", {})}


def promote(desk: Desk, caller: Caller, version: str, *, reason: str, despite_verdict: bool, seen: str | None) -> bytes:
    """Let a version answer: a named person with a reason; a refused one only if that person says so expressly.

    Raises:
        Forbidden: not with these roles.
        NotFound: no such version.
        Conflict: its verdict is refused, it cannot be used here, or there is another champion than ``seen``.
    """
    caller.must("model")
    _check_reason(reason)
    _check_seen(desk, seen)
    verdict = show_model(desk, version)["verdict"]
    if verdict["accepted"] is False and not despite_verdict:
        told = "；".join(str(reason).rstrip("。") for reason in verdict.get("reasons", []))
        raise Conflict(f"版本 {version} 比较未通过，不能启用：{told}。确需启用的，请由具名人员写明理由并设置 despite_verdict")

    def change() -> Assessor:
        fresh = load_assessor(desk.settings.models, desk.settings.county, version)  # with this county's tables too
        who = {"officer": caller.officer, "reason": reason.strip()}
        registry.promote(desk.settings.models, version, **who, despite_verdict=despite_verdict, seen=seen)
        return fresh

    follow_champion(desk, _changing(change))  # here at once; the other replicas follow by themselves
    return orjson.dumps(list_models(desk))


def rollback(desk: Desk, caller: Caller, *, reason: str, seen: str | None) -> bytes:
    """Let the version answer that did before.

    Raises:
        Forbidden: not with these roles.
        Conflict: there is none before, it cannot be used here, or there is another champion than ``seen``.
    """
    caller.must("model")
    _check_reason(reason)
    _check_seen(desk, seen)
    models = desk.settings.models
    _changing(lambda: registry.rollback(models, officer=caller.officer, reason=reason.strip(), seen=seen))
    follow_champion(desk)
    return orjson.dumps(list_models(desk))


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput("必须写明理由", field="reason")


def _check_seen(desk: Desk, seen: str | None) -> None:
    """Say it to the officer; ``registry`` looks once more under its lock."""
    now = registry.champion(desk.settings.models)
    if seen is not None and seen != now:
        raise Conflict(f"在用版本现在是 {now}，不是您看到的 {seen}；请刷新后再决定")


def _changing(change: Callable[[], T]) -> T:
    try:
        return change()
    except ModelMissing as fault:
        raise Conflict(f"没有可启用的版本：{fault}") from fault
    except (ModelError, BadDataFile) as fault:
        raise Conflict(f"该版本不能启用，在用模型未变：{fault}") from fault


def once(desk: Desk, ticket: Ticket | None, act: Callable[[], bytes], status: int = 200) -> Reply:
    """Do what no transaction covers, once a ticket; the reply is remembered."""
    with desk.promoting:
        if ticket:
            with desk.database.reading() as connection:
                earlier = earlier_reply(connection, ticket)
            if earlier:
                return earlier
        body = act()
    return answer_once(desk.database, ticket, lambda _: Reply(status, body), now=utc_text(desk.now()))


def preview(desk: Desk, version: str) -> Previewed:
    """Which of last month's letters another version would send elsewhere; accusations are not looked at. May be ten minutes old.

    Raises:
        NotFound: no such version.
        Conflict: it cannot be used here.
    """
    known = show_model(desk, version)["version"]
    found = desk.remember(("preview", desk.assessor.version, known), lambda: _preview(desk, known))
    hidden = desk.restricted(one.letter_id for one in found.preview.moved)  # one may have become an accusation since
    moved = tuple(one for one in found.preview.moved if one.letter_id not in hidden)
    return replace(found, preview=replace(found.preview, moved=moved))


def _preview(desk: Desk, version: str) -> Previewed:
    before = desk.assessor
    try:
        after = load_assessor(desk.settings.models, desk.settings.county, version)
    except ModelError as fault:
        raise Conflict(f"该版本不能使用：{fault}") from fault
    since = utc_text(desk.now() - LOOKED_BACK)
    with desk.database.reading() as connection:
        stored, letters = recent_letters(connection, since)
    return Previewed(before.version, after.version, since, stored, moves(before, after, unhurried(letters)))
