"""rollout rehearse."""

from datetime import datetime

import click

from campaigns.rules.throughput import Passage
from rollout.cli.context import open_runtime, print_json, prints_json
from rollout.parse.moment import parse_instant
from workers.rehearse import rehearse as rehearse_campaign


@click.command(name="rehearse")
@click.argument("campaign")
@click.option("--until", help="Stop at this moment, such as 2026-12-08 or 2026-12-08T09:00Z.")
@prints_json
def rehearse(campaign: str, until: str | None, as_json: bool) -> None:
    """Every message, task, skip and conflict ahead, on a virtual clock. Nothing leaves."""
    result = rehearse_campaign(open_runtime(), campaign, parse_instant(until) if until else None)
    if as_json:
        print_json(result.as_json())
        return
    for event in result.events:
        detail = event.subject or event.reason
        click.echo(
            f"{event.local}  {event.customer}  {event.kind}  {event.step}  "
            f"{event.people or ''}  {detail}"
        )
    for wait in result.waits:
        click.echo(_said(wait))
    mails = sum(event.people for event in result.events if event.kind == "mail")
    click.echo(f"{mails} letters, {len(result.events)} events.")


def _said(wait: Passage) -> str:
    load = wait.load
    words = (
        f"{load.letters} letters of {load.step} fall due at {_moment(load.at)} and are through "
        f"at {_moment(wait.through)}"
    )
    if wait.in_time:
        return f"{words}; they must begin by {_moment(wait.begin_by)}."
    return (
        f"TOO LATE: {words}, after {_moment(load.closes)}, when they are of no use. "
        "Spread the dates, or raise the mail server's limits."
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
