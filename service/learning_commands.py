"""The commands that learn from and look back at the store: ``fenxin retrain``, ``fenxin replay``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from classifier.errors import FenxinError
from service.model_commands import officer_named

T = TypeVar("T")


def add_learning(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(retrain)
    app.command()(replay)


def retrain(
    reason: Annotated[str, typer.Option("--reason", help="Why; stands with the job.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Train a challenger on the shipped letters and the officers' decisions in the store, and compare it with the champion.
    Nothing is promoted. Exit status 3 means that the challenger was refused."""
    from orjson import dumps

    from service.handwork import retrain_now
    from service.settings import read_settings

    outcome = _with_bar(lambda tell: retrain_now(read_settings(), officer_named(None), reason, tell))
    verdict = outcome["verdict"]
    typer.echo(dumps(outcome).decode() if as_json else f"{outcome['version']}: {'accepted' if verdict['accepted'] else 'refused'}")
    for why in [] if as_json else verdict["reasons"]:
        typer.echo(f"  {why}")
    if not verdict["accepted"]:
        raise typer.Exit(3)


def replay(letter_id: str) -> None:
    """Assess a stored letter again with the model, taxonomy, rules and day of its assessment. Prints the same bytes, or says
    what differs and exits with status 1."""
    from service.handwork import replay_now
    from service.settings import read_settings

    done = replay_now(read_settings(), letter_id)
    if not done.same:
        raise FenxinError(f"letter {letter_id}, model {done.model}: differs in {', '.join(done.differs)}. {done.fault}".strip())
    typer.echo(done.json or b"", nl=False)


def _with_bar(work: Callable[[Callable[[str, float], None]], T]) -> T:
    """Do work that tells how far it is, with a bar on a terminal's standard error."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        return work(lambda step, share: bar.update(task, description=step, completed=share))
