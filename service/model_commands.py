"""The commands about model versions: ``fenxin models …``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from classifier.errors import ModelMissing

FolderOption = Annotated[Path | None, typer.Option("--models", help="Folder of versions. Default: the setting FENXIN_MODELS.")]
models_app = typer.Typer(help="Model versions: list, show, promote, rollback, history.", no_args_is_help=True)


@models_app.command("list")
def list_models(models: FolderOption = None) -> None:
    """All versions; * marks the champion."""
    from classifier import registry

    folder = _folder(models)
    champion, manifests = registry.champion(folder), registry.versions(folder)
    if not manifests:
        raise ModelMissing(f"{folder}: holds no model versions; train one with fenxin train --out {folder}")
    for manifest in manifests:
        mark = "*" if manifest["version"] == champion else " "
        at_1 = manifest.get("held_out", {}).get("at_1", "")
        typer.echo(f"{mark} {manifest['version']}  {manifest['data']['letters']:>7,} letters  held out at 1: {at_1}")


@models_app.command()
def show(version: str, models: FolderOption = None) -> None:
    """The card of a version, after checking its files."""
    from classifier import registry

    saved = registry.load(_folder(models), version)
    typer.echo((saved.dictionary.parent / registry.CARD_FILE).read_text(encoding="utf-8"))


ReasonOption = Annotated[str, typer.Option("--reason", help="Why; goes into the history with your name.")]
OfficerOption = Annotated[str | None, typer.Option("--officer", help="Whose decision it is. Default: the system's user name.")]


@models_app.command("promote")
def promote_model(
    version: str,
    reason: ReasonOption,
    officer: OfficerOption = None,
    despite_verdict: Annotated[
        bool, typer.Option("--despite-verdict", help="Promote it although the comparison refused it.")
    ] = False,
    models: FolderOption = None,
) -> None:
    """Make a version the champion; running services switch to it within two seconds."""
    from classifier import registry

    folder, named = _folder(models), officer_named(officer)
    before = registry.promote(folder, version, officer=named, reason=reason, despite_verdict=despite_verdict)
    typer.echo(f"champion: {version} (before: {before or 'none'})")


@models_app.command()
def rollback(
    reason: ReasonOption,
    officer: OfficerOption = None,
    models: FolderOption = None,
) -> None:
    """Make the previous champion the champion again."""
    from classifier import registry

    typer.echo(f"champion: {registry.rollback(_folder(models), officer=officer_named(officer), reason=reason)}")


@models_app.command()
def history(models: FolderOption = None) -> None:
    """Who promoted which version, when and why."""
    from classifier import registry

    for one in registry.history(_folder(models)):
        despite = ", despite its verdict" if one.despite_verdict else ""
        typer.echo(f"{one.at}  {one.kind} {one.after} (before: {one.before or 'none'}{despite})  {one.officer}: {one.reason}")


def _folder(named: Path | None) -> Path:
    """The folder of versions, as named or as set; one that is not there is told instead of looking like an empty one."""
    from service.settings import read_settings

    folder = named or read_settings().models
    if not folder.is_dir():
        raise ModelMissing(f"{folder}: no such folder; name the folder of versions with --models or FENXIN_MODELS")
    return folder


def officer_named(named: str | None) -> str:
    """Who acts: as named, else the system's user."""
    from getpass import getuser

    return named or f"{getuser()} (command line)"
