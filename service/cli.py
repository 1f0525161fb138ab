"""The command line: parse, call, print. ``fenxin --help`` lists the commands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from signal import SIGTERM, default_int_handler, signal
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from classifier.errors import BadLine, FenxinError
from service.learning_commands import add_learning
from service.model_commands import models_app, officer_named
from service.taxonomy_commands import CountyOption, taxonomy_app

if TYPE_CHECKING:  # `fenxin --help` waits for none of it
    from classifier.assess import Assessor
    from classifier.corpus import LabelledLetter

T = TypeVar("T")

fenxin = typer.Typer(
    help="分信 Fenxin: sorts and routes citizens' petition letters.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
fenxin.add_typer(models_app, name="models")
fenxin.add_typer(taxonomy_app, name="taxonomy")

ModelOption = Annotated[
    Path | None, typer.Option("--model", help="A model folder, or a folder of versions. Default: the setting FENXIN_MODELS.")
]


def main() -> None:
    """Run the command line; anything that went wrong is one clear line on standard error and exit status 1."""
    try:
        fenxin()
    except FenxinError as fault:
        print(f"fenxin: {fault}", file=sys.stderr)  # noqa: T201 - the command line's own voice
        raise SystemExit(1) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except OSError as fault:
        print(f"fenxin: {fault.filename or 'output'}: {fault.strerror or fault}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None


@fenxin.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: FENXIN_HOST or 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. Default: FENXIN_PORT or 8000.")] = None,
    model: ModelOption = None,
    county: CountyOption = None,
) -> None:
    """Serve the pages and the HTTP interface; needs API keys unless it listens on loopback only."""
    from service.app import serve as run
    from service.settings import read_settings

    chosen = {"host": host, "port": port, "models": model, "county": county}
    run(read_settings(**{name: value for name, value in chosen.items() if value is not None}))


@fenxin.command()
def assess(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines with text, perhaps id, title, received_at, place; - for standard input.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the assessments go; - for standard output.")] = Path("-"),
    reasons: Annotated[bool, typer.Option("--reasons", help="Also name the three training letters most like each letter.")] = False,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that assess, one a core; worth it from some thousand letters.")
    ] = 1,
    model: ModelOption = None,
    county: CountyOption = None,
) -> None:
    """Assess every letter of a file: one assessment per line, in input order. Bad lines are reported; the others are still done."""
    from functools import partial

    from classifier.assess import load_assessor
    from classifier.workers import assess_with_workers
    from service.settings import read_settings

    settings = read_settings()
    _check_other_file(file, out)
    lines = _read_lines(file)
    load = partial(load_assessor, model or settings.models, county or settings.county, None if model else settings.model_version)
    results = assess_with_workers(lines, load, today=date.today(), workers=workers, reasons=reasons)
    _write_results(_progress(results, total=len(lines)), file, out)


@fenxin.command()
def group(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines with text, perhaps id, title, received_at, sender; - for standard input.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the groups go; - for standard output.")] = Path("-"),
    model: ModelOption = None,
    county: CountyOption = None,
) -> None:
    """Find letters about the same matter: one line per letter, in input order; group is null for a letter that stands alone.
    Bad lines are reported; the others are still done."""
    from classifier.assess import load_assessor
    from classifier.grouping.archive import group_file
    from classifier.grouping.linkage import linker_of
    from service.settings import read_settings

    settings = read_settings()
    _check_other_file(file, out)
    assessor = load_assessor(model or settings.models, county or settings.county, None if model else settings.model_version)
    signal(SIGTERM, default_int_handler)  # asked to end, it ends its reading process too, as with Ctrl-C
    with _on_disk(file) as path:
        _write_results(group_file(path, assessor, linker_of(assessor)), file, out)


@fenxin.command()
def train(
    data: Annotated[
        list[Path], typer.Argument(help="Files (.jsonl, .csv) or folders of labelled letters: text, title?, category or label.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of versions to save into. Default: the setting FENXIN_MODELS.")
    ] = None,
    day: Annotated[str | None, typer.Option("--day", help="ISO date for the version's name; default today.")] = None,
    promote: Annotated[bool, typer.Option("--promote", help="Let the new version answer.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Same letters, seed and day: same bytes.")] = 0,
    county: CountyOption = None,
) -> None:
    """Train a model on labelled letters, of any label set, and save it as a new version."""
    from classifier import registry
    from classifier.card import make_card, make_manifest
    from classifier.contract import load_contract
    from classifier.corpus import check_labels, read_labelled
    from classifier.leads import load_leads
    from classifier.taxonomy import load_taxonomy
    from classifier.text import SHIPPED_DICTIONARY
    from classifier.training import Recipe
    from classifier.training import train as fit
    from service.settings import read_settings

    stamp = _iso_day(day) if day else datetime.now(UTC).date().isoformat()
    settings = read_settings()
    letters, local, models = read_labelled(data), county or settings.county, out or settings.models
    taxonomy = load_taxonomy(local)
    ours = taxonomy if check_labels(letters, taxonomy.categories) else None
    recipe = Recipe(seed=seed)
    trained = fit(letters, ours, recipe, load_leads(taxonomy, local) if ours else None)
    manifest = make_manifest(trained, letters, ours, recipe, load_contract(taxonomy.departments, local), day=stamp)
    version = registry.save(models, trained.state, SHIPPED_DICTIONARY, manifest, make_card(manifest))
    if promote:
        registry.promote(models, version, officer=officer_named(None), reason="fenxin train --promote")
    typer.echo(f"{version}: {len(letters):,} letters, held out: {trained.scores}")


@fenxin.command()
def evaluate(
    data: Annotated[list[Path], typer.Argument(help="Labelled letters to judge the model on.")],
    model: ModelOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    county: CountyOption = None,
) -> None:
    """Score a model on labelled letters it was not trained on."""
    import orjson

    from classifier.assess import load_assessor
    from classifier.corpus import read_labelled
    from classifier.evaluation import score
    from classifier.letter import Letter
    from service.settings import read_settings

    settings = read_settings()
    assessor = load_assessor(model or settings.models, county or settings.county, None if model else settings.model_version)
    letters = [letter for letter in read_labelled(data) if letter.in_scope]
    _check_known(letters, assessor)
    p = assessor.probabilities(Letter(x.id, x.text, x.title) for x in _progress(iter(letters), total=len(letters)))
    scores = {"model": assessor.version, **score(p, assessor.classes, [x.right for x in letters]).as_dict()}
    typer.echo(orjson.dumps(scores).decode() if as_json else "\n".join(f"{name:<18} {value}" for name, value in scores.items()))


add_learning(fenxin)  # here, so that `fenxin --help` begins with what is used most


def _check_known(letters: Sequence[LabelledLetter], assessor: Assessor) -> None:
    """Say how many letters no answer of the model could be right for, and refuse where that is all of them."""
    known = set(assessor.classes)
    strange = [letter for letter in letters if known.isdisjoint(letter.right)]
    if len(strange) == len(letters):
        example = f", such as {strange[0].category!r}" if strange else ""
        raise FenxinError(f"no letter has a label that model {assessor.version} knows{example}; name its model with --model")
    if strange:
        told = f"{len(strange):,} of {len(letters):,} letters have a label that model {assessor.version} does not know"
        typer.echo(f"fenxin: {told}, such as {strange[0].category!r}; they count as wrong", err=True)


def _check_other_file(file: Path, out: Path) -> None:
    if file.exists() and out.exists() and file.samefile(out):
        raise FenxinError(f"{out}: is the input itself; name another file")


def _write_results(results: Iterable[bytes | BadLine], file: Path, out: Path) -> None:
    """Write what was done and report what could not be read; exit status 1 if there was any of that."""
    bad = good = 0
    with _writer(out) as write:
        for result in results:
            if isinstance(result, bytes):
                good += 1
                write(result + b"\n")
            else:
                bad += 1
                typer.echo(f"fenxin: {file}: {result}", err=True)
    if not bad + good:
        typer.echo(f"fenxin: {file}: holds no letters", err=True)
    if bad:
        typer.echo(f"fenxin: {bad} of {bad + good} lines could not be read", err=True)
        raise typer.Exit(1)


def _iso_day(day: str) -> str:
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise typer.BadParameter(f"{day!r} is no ISO date such as 2026-11-22", param_hint="--day") from None


def _read_lines(file: Path) -> list[bytes]:
    if str(file) == "-":
        return sys.stdin.buffer.read().splitlines()
    try:
        return file.read_bytes().splitlines()
    except OSError as fault:
        raise FenxinError(f"{file}: {fault.strerror}") from fault


@contextmanager
def _on_disk(file: Path) -> Iterator[Path]:
    """A file that can be read twice: standard input is written to a temporary one first."""
    from shutil import copyfileobj
    from tempfile import NamedTemporaryFile

    if str(file) != "-":
        if not file.is_file():
            raise FenxinError(f"{file}: {'not a regular file; use - for standard input' if file.exists() else 'no such file'}")
        yield file
        return
    with NamedTemporaryFile(prefix="fenxin-", suffix=".jsonl") as kept:
        copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        yield Path(kept.name)


@contextmanager
def _writer(out: Path) -> Iterator[Callable[[bytes], object]]:
    """Write to a file that appears only when it is whole, or to standard output."""
    if str(out) == "-":
        if sys.stdout is None:
            raise FenxinError("standard output is closed")
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    if out.exists() and not out.is_file():
        raise FenxinError(f"{out}: not a regular file; use - for standard output")
    draft = out.with_name(f".{out.name}.part")
    try:
        with draft.open("wb") as handle:
            yield handle.write
        draft.replace(out)
    except OSError as fault:
        raise FenxinError(f"{out}: {fault.strerror or fault}; nothing was written") from fault
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _progress(items: Iterator[T], total: int) -> Iterator[T]:
    """The items, with a bar on a terminal's standard error."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return iter(track(items, total=total, description="", console=console, disable=not console.is_terminal))


if __name__ == "__main__":  # python -m service.cli, where the script is not on the path
    main()
