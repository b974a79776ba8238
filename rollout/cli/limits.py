"""rollout limits."""

import click

from campaigns import roster
from campaigns.errors import Invalid
from campaigns.rules.roster import Limits, gap
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import open_runtime, print_json, prints_json


@click.command(name="limits")
@click.option("--campaign-day", metavar="N", help="Customers of one campaign on one day.")
@click.option("--day", metavar="N", help="Customers of all campaigns on one day.")
@click.option("--minutes", metavar="N", help="Minutes of all technicians on one day.")
@click.option("--distance", metavar="DAYS", help="Days between two changes of one customer.")
@prints_json
@acts
def limits(
    campaign_day: str | None,
    day: str | None,
    minutes: str | None,
    distance: str | None,
    as_json: bool,
    actor: str | None,
) -> None:
    """How much is taken on a day; shown, or set. "none" lifts a limit."""
    wanted = {
        "campaign_day": campaign_day,
        "day": day,
        "day_minutes": minutes,
        "distance_days": distance,
    }
    said = {name: _count(name, text) for name, text in wanted.items() if text is not None}
    if said:
        desk = desk_for(actor, "administer")
        with desk.writing() as session:
            found = roster.set_limits(session, said, who=desk.who, now=desk.now)
    else:
        with open_runtime().store.reading() as session:
            found = roster.limits(session)
    _print(found, as_json)


def _count(name: str, text: str) -> int | None:
    if text.strip().casefold() == "none":
        return 0 if name == "distance_days" else None
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise Invalid(f'{roster.SAID[name]}: "{text}" is no whole number. Or say "none".')
    return int(text)


def _print(found: Limits, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "campaign_day": found.campaign_day,
                "day": found.day,
                "day_minutes": found.day_minutes,
                "distance_days": found.distance,
            }
        )
        return
    for name, value in (
        ("campaign_day", found.campaign_day),
        ("day", found.day),
        ("day_minutes", found.day_minutes),
    ):
        click.echo(f"{roster.SAID[name]}: {'no limit' if value is None else value}")
    click.echo(
        f"Between two changes of one customer: {gap(found.distance) if found.distance else 0}"
    )
