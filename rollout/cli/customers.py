"""rollout customers."""

import click

from campaigns import headcount
from campaigns.boards.directory import customer_rows
from campaigns.rules.spans import count
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import open_runtime, opened, print_json, prints_json
from rollout.cli.imported import accepts_good_rows, show_import


@click.group(name="customers")
def customers_group() -> None:
    """The firms that are looked after."""


@customers_group.command(name="import")
@click.argument("file")
@accepts_good_rows
@prints_json
@acts
def customers_import(file: str, accept_good_rows: bool, as_json: bool, actor: str | None) -> None:
    """Import customers from a CSV file."""
    desk = desk_for(actor, "import")
    with opened(file) as (stream, name):
        result = desk.import_customers(stream, name, accept_good_rows=accept_good_rows)
    show_import(result, "customers", as_json)


@customers_group.command(name="list")
@prints_json
def customers_list(as_json: bool) -> None:
    """All customers with how many contacts each has."""
    rt = open_runtime()
    with rt.store.reading() as session:
        found = customer_rows(session)
    if as_json:
        print_json(found)
        return
    for row in found:
        click.echo(f"{row['name']}  {row['timezone']}  {row['contacts']} contacts")


@customers_group.command(name="recount")
@acts
def customers_recount(actor: str | None) -> None:
    """Count the people of every customer anew, where `rollout doctor` asks for it."""
    rt = desk_for(actor, "administer").rt
    with rt.store.writing() as session:
        many = headcount.recount_all(session)
    click.echo(f"{count(many, 'customer', 'customers')} recounted.")
