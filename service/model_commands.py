"""The commands about model versions: ``fenxin models …``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

MODELS = Path("models")
models_app = typer.Typer(help="Model versions: list, show, promote, rollback, history.", no_args_is_help=True)


@models_app.command("list")
def list_models(folder: Annotated[Path, typer.Option("--models", help="Folder of versions.")] = MODELS) -> None:
    """All versions; * marks the champion."""
    from classifier import registry

    champion = registry.champion(folder)
    for manifest in registry.versions(folder):
        mark = "*" if manifest["version"] == champion else " "
        at_1 = manifest.get("held_out", {}).get("at_1", "")
        typer.echo(f"{mark} {manifest['version']}  {manifest['data']['letters']:>7,} letters  held out at 1: {at_1}")


@models_app.command()
def show(version: str, folder: Annotated[Path, typer.Option("--models", help="Folder of versions.")] = MODELS) -> None:
    """The card of a version, after checking its files."""
    from classifier import registry

    saved = registry.load(folder, version)
    typer.echo((saved.dictionary.parent / registry.CARD_FILE).read_text(encoding="utf-8"))


ReasonOption = Annotated[str, typer.Option("--reason", help="Why; goes into the history with your name.")]
OfficerOption = Annotated[str | None, typer.Option("--officer", help="Whose decision it is. Default: the system's user name.")]


@models_app.command("promote")
def promote_model(
    version: str,
    reason: ReasonOption,
    officer: OfficerOption = None,
    despite_verdict: Annotated[bool, typer.Option("--despite-verdict", help="Although its comparison refused it.")] = False,
    folder: Annotated[Path, typer.Option("--models", help="Folder of versions.")] = MODELS,
) -> None:
    """Let a version answer from now on; running services follow within two seconds."""
    from classifier import registry

    before = registry.promote(folder, version, officer=officer_named(officer), reason=reason, despite_verdict=despite_verdict)
    typer.echo(f"champion: {version} (before: {before or 'none'})")


@models_app.command()
def rollback(
    reason: ReasonOption,
    officer: OfficerOption = None,
    folder: Annotated[Path, typer.Option("--models", help="Folder of versions.")] = MODELS,
) -> None:
    """Let the version answer that did before the last promotion."""
    from classifier import registry

    typer.echo(f"champion: {registry.rollback(folder, officer=officer_named(officer), reason=reason)}")


@models_app.command()
def history(folder: Annotated[Path, typer.Option("--models", help="Folder of versions.")] = MODELS) -> None:
    """Who let which version answer, when and why."""
    from classifier import registry

    for one in registry.history(folder):
        despite = ", despite its verdict" if one.despite_verdict else ""
        typer.echo(f"{one.at}  {one.kind} {one.after} (before: {one.before or 'none'}{despite})  {one.officer}: {one.reason}")


def officer_named(named: str | None) -> str:
    """Who acts: as named, else the system's user."""
    from getpass import getuser

    return named or f"{getuser()} (command line)"
