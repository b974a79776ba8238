"""rollout agree."""

import click

from campaigns.rules.days import brief_day
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import print_json, prints_json


@click.command(name="agree")
@click.argument("campaign")
@click.argument("customer")
@click.argument("when", metavar="DATE[ TIME]", nargs=-1, required=True)
@prints_json
@acts
def agree(
    campaign: str, customer: str, when: tuple[str, ...], as_json: bool, actor: str | None
) -> None:
    """A date agreed by phone, in the customer's own time, such as 2026-12-08 18:00."""
    parts = " ".join(when).split()
    if len(parts) > 2:
        raise click.UsageError("Give one date and at most one time, such as 2026-12-08 18:00.")
    desk = desk_for(actor, "agree")
    case, made = desk.agree_by_phone(
        campaign, customer, parts[0], parts[1] if len(parts) > 1 else None
    )
    assert made.day is not None
    assert made.local_time is not None
    if as_json:
        print_json(
            {
                "campaign": case.campaign.name,
                "customer": case.customer.name,
                "date": made.day.isoformat(),
                "time": f"{made.local_time:%H:%M}",
                "zone": made.zone,
                "how": made.how,
                "version": made.version,
            }
        )
        return
    shifted = " (that time does not exist on that day; the first one after it counts)"
    click.echo(
        f"{case.customer.name}: {brief_day(made.day)}, "
        f"{made.local_time:%H:%M} {made.zone}{shifted if made.shifted else ''}."
    )
