"""rollout changes."""

from typing import Any

import click

from campaigns.boards.changes import change_rows, change_view
from campaigns.register import add_milestone
from campaigns.register.changes import find_change
from campaigns.rules.milestones import in_words
from campaigns.rules.records import MilestoneRecord
from rollout.cli.acting import acts, desk_for
from rollout.cli.changes_postpone import changes_postpone
from rollout.cli.changes_review import changes_review
from rollout.cli.context import open_runtime, opened, print_json, prints_json
from rollout.parse.moment import parse_day


@click.group(name="changes")
def changes_group() -> None:
    """What vendors will do, with dates and sources."""


@changes_group.command(name="import")
@click.argument("file")
@prints_json
@acts
def changes_import(file: str, as_json: bool, actor: str | None) -> None:
    """Import a Message Center JSON file, or `library` for those that come with the product."""
    desk = desk_for(actor, "import")
    if file == "library":
        registered = desk.import_library()
    else:
        with opened(file) as (stream, name):
            registered = desk.import_changes(stream, name)
    with desk.rt.store.reading() as session:
        rows = [
            change_view(session, r.change.source_id, desk.now).line.as_json() | {"news": r.news}
            for r in registered
        ]
    _show(rows, as_json)


@changes_group.command(name="list")
@prints_json
def changes_list(as_json: bool) -> None:
    """All changes with the vendor's date, as exactly as it is known."""
    rt = open_runtime()
    with rt.store.reading() as session:
        rows = change_rows(session, rt.clock.now())
    _show(rows, as_json)


@changes_group.command(name="date")
@click.argument("change_id")
@click.argument("day")
@click.option("--kind", default="starts", show_default=True, help="starts, action-by, blocked ...")
@click.option(
    "--precision", default="day", show_default=True, help="day, month, quarter, half, year"
)
@click.option("--source", required=True, help="Where the vendor wrote it.")
@click.option("--note", default="", help="The vendor's own words.")
@acts
def changes_date(
    change_id: str, day: str, kind: str, precision: str, source: str, note: str, actor: str | None
) -> None:
    """Add a date that you read in the vendor's words."""
    desk = desk_for(actor, "plan")
    row = MilestoneRecord(kind, parse_day(day), precision, None, note, source)
    with desk.writing() as session:
        change = find_change(session, change_id)
        add_milestone(session, change, row, who=desk.who, now=desk.now)
    click.echo(f"{change_id}: {kind} {in_words(row.date, precision)}.")


changes_group.add_command(changes_postpone)
changes_group.add_command(changes_review)


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json({"changes": rows})
        return
    for row in rows:
        dates = "; ".join(
            f"{m['kind']} {in_words(parse_day(m['date']) if m['date'] else None, m['precision'])}"
            for m in row["milestones"]
        )
        click.echo(f"{row['id']}  {row['vendor']}: {row['title']}  ({dates or 'date needed'})")
