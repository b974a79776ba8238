"""rollout contacts."""

import click

from rollout.cli.acting import acts, desk_for
from rollout.cli.context import opened, prints_json
from rollout.cli.imported import accepts_good_rows, show_import


@click.group(name="contacts")
def contacts_group() -> None:
    """The people at customers."""


@contacts_group.command(name="import")
@click.argument("file")
@accepts_good_rows
@prints_json
@acts
def contacts_import(file: str, accept_good_rows: bool, as_json: bool, actor: str | None) -> None:
    """Import contacts from a CSV file; their customers must be there."""
    desk = desk_for(actor, "import")
    with opened(file) as (stream, name):
        result = desk.import_contacts(stream, name, accept_good_rows=accept_good_rows)
    show_import(result, "contacts", as_json)
