"""rollout propose."""

from datetime import date
from typing import Any

import click

from campaigns import launch
from campaigns import propose as proposing
from campaigns.errors import NotFound
from campaigns.rules.days import brief_day
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import print_json, prints_json


@click.command(name="propose")
@click.argument("campaign")
@click.option("--accept", is_flag=True, help="Keep these days: letters and pages propose them.")
@click.option(
    "--only", multiple=True, metavar="CUSTOMER", help="With --accept: the day of this one alone."
)
@prints_json
@acts
def propose(
    campaign: str, accept: bool, only: tuple[str, ...], as_json: bool, actor: str | None
) -> None:
    """The best dates for all customers of a campaign that have none. Nothing is booked."""
    if only and not accept:
        raise click.UsageError("--only says whose days --accept keeps. Give --accept as well.")
    desk = desk_for(actor, "plan")
    with desk.rt.store.reading() as session:
        found = proposing.proposed(
            session, launch.find_campaign(session, campaign), desk.now, desk.rt.day_minutes
        )
    kept = 0
    if accept:
        with desk.writing() as session:
            kept = proposing.accept(
                session,
                launch.find_campaign(session, campaign),
                _chosen(found, only),
                who=desk.who,
                now=desk.now,
                day_minutes=desk.rt.day_minutes,
            )
    if as_json:
        print_json(as_dict(found) | {"accepted": kept})
        return
    for line in found.lines:
        click.echo(f"{brief_day(line.day) if line.day else 'no day':15}  {line.customer}")
        if line.reason:
            click.echo(f"{'':15}  {line.reason}")
    click.echo(proposing.quality(found))
    click.echo(found.outlook.sentence)
    if accept:
        click.echo(f"{kept} days are proposed to customers from now on; nothing is booked.")


def _chosen(found: proposing.Dates, only: tuple[str, ...]) -> dict[int, date]:
    """The days to keep. Raises NotFound for a customer that is not proposed one."""
    days = {line.rollout_id: line.day for line in found.lines if line.day is not None}
    if not only:
        return days
    places = {line.customer.casefold(): line.rollout_id for line in found.lines if line.day}
    chosen = {}
    for name in only:
        place = places.get(" ".join(name.split()).casefold())
        if place is None:
            raise NotFound(f'No day is proposed for "{name}" in this campaign.', "no_day")
        chosen[place] = days[place]
    return chosen


def as_dict(found: proposing.Dates) -> dict[str, Any]:
    """The shape of `rollout propose --json`."""
    plan, outlook = found.proposal, found.outlook
    return {
        "campaign": found.campaign,
        "customers": [
            {
                "customer": line.customer,
                "people": line.people,
                "minutes": line.minutes,
                "before": line.before.isoformat() if line.before else None,
                "date": line.day.isoformat() if line.day else None,
                "reason": line.reason or None,
            }
            for line in found.lines
        ],
        "cost": round(plan.cost, 2),
        "bound": round(plan.bound, 2),
        "in_turn": round(plan.in_turn, 2),
        "gap": round(plan.gap, 4),
        "proved": plan.proved,
        "undecided": outlook.undecided,
        "through": outlook.through.isoformat() if outlook.through else None,
        "left": outlook.left,
        "hopeless_from": outlook.hopeless_from.isoformat() if outlook.hopeless_from else None,
        "sentence": outlook.sentence,
    }
