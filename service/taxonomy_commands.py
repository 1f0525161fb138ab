"""``fenxin taxonomy``: old category codes, what changed codes affect, a county's tables migrated, categories that are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

taxonomy_app = typer.Typer(
    help="Categories that change: look up old codes, preview, migrate tables; propose what is missing.",
    no_args_is_help=True,
)

CountyOption = Annotated[
    Path | None, typer.Option("--county", help="A folder with a county's own data files. Default: FENXIN_COUNTY.")
]


@taxonomy_app.command()
def became(code: str, county: CountyOption = None) -> None:
    """The current codes that an old code leads to; none if it was retired."""
    from classifier.migration import load_changes
    from classifier.taxonomy import load_categories
    from service.settings import read_settings

    local = county or read_settings().county
    categories = load_categories(local)
    for end in load_changes(categories, local).became(code):
        typer.echo(f"{end}  {categories[end].name}")


@taxonomy_app.command()
def preview(
    data: Annotated[
        list[Path] | None, typer.Argument(help="Labelled letters to count; the county's own tables are counted too.")
    ] = None,
    county: CountyOption = None,
) -> None:
    """Show what category_changes.csv would change in labels and in the county's tables; writes nothing."""
    from classifier.corpus import read_labelled
    from classifier.migration import coded_labels, load_changes
    from classifier.migration import preview as look
    from classifier.taxonomy import load_categories
    from service.settings import read_settings

    local = county or read_settings().county
    labels = coded_labels(local) if local else {}
    labels |= {str(file): [x.category for x in read_labelled([file]) if x.category] for file in data or []}
    effects = look(load_changes(load_categories(local), local), labels)
    for one in effects:
        who = "by itself" if one.by_machine else "a person decides"
        typer.echo(f"{one.file}: {one.count:,} {one.old} -> {'; '.join(one.new) or '(none)'} ({one.kind.value}, {who})")
    typer.echo(f"{sum(one.count for one in effects):,} labels and rows under codes that changed")


@taxonomy_app.command()
def migrate(
    county: Annotated[Path, typer.Argument(help="The county's folder; it is only read.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder for the migrated tables.")],
) -> None:
    """Write a county's tables with the current codes into a new folder, for review before they replace the old ones."""
    from classifier.errors import FenxinError
    from classifier.migration import load_changes, migrated
    from classifier.taxonomy import load_categories

    if out.exists():
        raise FenxinError(f"{out}: exists already; name a new folder")
    written = migrated(county, load_changes(load_categories(county), county))
    out.mkdir(parents=True)
    for name, text in written.items():
        (out / name).write_text(text, encoding="utf-8")
        typer.echo(str(out / name))


@taxonomy_app.command()
def propose(
    file: Annotated[Path, typer.Argument(help="JSON Lines with text, perhaps id and title, in order of arrival.")],
    county: CountyOption = None,
) -> None:
    """Show groups of letters that fit into no category and resemble each other: their words, and the most typical letters' ids."""
    from datetime import date

    from classifier.assess import load_assessor
    from classifier.batch import parse_letter
    from classifier.errors import FenxinError
    from classifier.proposals import FEWEST, homeless, propose
    from service.settings import read_settings

    settings = read_settings()
    assessor = load_assessor(settings.models, county or settings.county, settings.model_version)
    try:
        lines = file.read_bytes().splitlines()
    except OSError as fault:
        raise FenxinError(f"{file}: {fault.strerror}") from fault
    letters = [parse_letter(line, number) for number, line in enumerate(lines, start=1) if line.strip()]
    strangers = homeless(assessor, letters, today=date.today())
    for one in propose(assessor, strangers):
        typer.echo(f"{one.size} letters: {' '.join(one.words)} (such as {', '.join(one.examples)})")
    typer.echo(f"{len(strangers)} of {len(letters)} letters fit into no category; {FEWEST} alike make a group", err=True)
