"""rollout changes postpone: a vendor gave one customer a date of its own."""

from datetime import date

import click

from campaigns import postponing
from campaigns.boards.postponements import postponements
from campaigns.register.changes import find_change
from campaigns.rules.days import brief_day
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import open_runtime, print_json, prints_json
from rollout.desk import find_customer
from rollout.parse.moment import parse_day


@click.command(name="postpone")
@click.argument("change_id")
@click.argument("customer", required=False)
@click.argument("day", required=False)
@click.option("--evidence", default="", help="Where the vendor says so: a ticket, a notice.")
@click.option("--expires", metavar="DATE", help="Until when it holds, where the vendor said that.")
@click.option("--end", is_flag=True, help="Everybody's date holds again for this customer.")
@prints_json
@acts
def changes_postpone(
    change_id: str,
    customer: str | None,
    day: str | None,
    evidence: str,
    expires: str | None,
    end: bool,
    as_json: bool,
    actor: str | None,
) -> None:
    """The vendor's date for one customer alone, with where it is written.

    Without CUSTOMER: what is granted at present.
    """
    if customer is not None:
        if end == (day is not None):
            raise click.UsageError("Give the customer's own DAY, or --end.")
        desk = desk_for(actor, "plan")
        with desk.writing() as session:
            change = find_change(session, change_id)
            firm = find_customer(session, customer)
            if day is None:
                postponing.end_postponement(session, change, firm, who=desk.who, now=desk.now)
            else:
                postponing.postpone(
                    session,
                    change,
                    firm,
                    day=parse_day(day),
                    evidence=evidence,
                    expires_on=parse_day(expires) if expires else None,
                    who=desk.who,
                    now=desk.now,
                )
    _print(change_id, as_json)


def _print(change_id: str, as_json: bool) -> None:
    with open_runtime().store.reading() as session:
        rows = postponements(session, find_change(session, change_id))
    if as_json:
        print_json({"change": change_id, "customers": [row.as_json() for row in rows]})
        return
    if not rows:
        click.echo("No customer has a date of its own.")
    for row in rows:
        click.echo(f"{row.customer}  {brief_day(row.day)}{_until(row.expires_on)}  {row.evidence}")


def _until(expires_on: date | None) -> str:
    return f", until {brief_day(expires_on)}" if expires_on else ""
