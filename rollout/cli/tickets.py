"""rollout tickets."""

import click

from rollout.cli.acting import acts, desk_for
from rollout.cli.context import opened, prints_json
from rollout.cli.imported import accepts_good_rows, show_import


@click.group(name="tickets")
def tickets_group() -> None:
    """Help-desk tickets, to compare with."""


@tickets_group.command(name="import")
@click.argument("file")
@click.option("--source", default="auto", show_default=True, help="Which system wrote the file.")
@accepts_good_rows
@prints_json
@acts
def tickets_import(
    file: str, source: str, accept_good_rows: bool, as_json: bool, actor: str | None
) -> None:
    """Import tickets from ConnectWise, Autotask, HaloPSA, Zendesk or a CSV file."""
    desk = desk_for(actor, "import")
    with opened(file) as (stream, name):
        result = desk.import_tickets(stream, name, source=source, accept_good_rows=accept_good_rows)
    show_import(result, "tickets", as_json)
