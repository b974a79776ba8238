"""rollout hours."""

import click
from sqlalchemy.orm import Session

from campaigns.errors import Invalid
from campaigns.register.weeks import set_week, week_of
from campaigns.rules import hours as rules
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import open_runtime, print_json, prints_json
from rollout.desk import find_customer


@click.command(name="hours")
@click.option("--customer", metavar="NAME", help="The customer's own hours; else our own.")
@click.option("--week", help='Days and hours, such as "mon-thu 8-18, fri 8-12".')
@click.option("--usual", is_flag=True, help="Go back to the usual hours.")
@prints_json
@acts
def hours(
    customer: str | None, week: str | None, usual: bool, as_json: bool, actor: str | None
) -> None:
    """When we work, or a customer does; shown, or set. Changes are made when both work."""
    if week is not None and usual:
        raise click.UsageError("Give --week or --usual, not both.")
    if week is not None or usual:
        wanted = _read(week) if week is not None else None
        desk = desk_for(actor, "plan")
        with desk.writing() as session:
            which = _number(session, customer)
            set_week(session, which, wanted, who=desk.who, now=desk.now)
    with open_runtime().store.reading() as session:
        found = week_of(session, _number(session, customer))
        shown = found or (week_of(session, None) if customer else None) or rules.USUAL_WEEK
    if as_json:
        print_json({"customer": customer, "set": found is not None, "week": rules.said(shown)})
        return
    whose = customer or "We"
    click.echo(f"{whose}: {rules.said(shown)}{'' if found else ' (nothing else was said)'}")


def _read(week: str) -> rules.Week:
    try:
        return rules.read(week)
    except ValueError as problem:
        raise Invalid(f"--week: {problem}", field="week") from None


def _number(session: Session, customer: str | None) -> int | None:
    return find_customer(session, customer).id if customer else None
