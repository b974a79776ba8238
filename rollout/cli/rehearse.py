"""rollout rehearse."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import click

from campaigns.errors import Invalid
from campaigns.rules.throughput import Passage
from rollout.cli.context import open_runtime, print_json, prints_json
from rollout.parse.moment import parse_instant
from workers.differences import Difference, differences
from workers.rehearse import Rehearsal, rehearse_all
from workers.rehearse import rehearse as rehearse_campaign

PATIENCE = 2.0  # seconds before anybody wants to know how far it is


@click.command(name="rehearse")
@click.argument("campaign", required=False)
@click.option("--all", "every", is_flag=True, help="All campaigns that are not over, together.")
@click.option("--until", help="Stop at this moment, such as 2026-12-08 or 2026-12-08T09:00Z.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier rehearsal, saved with --json: what is added, removed or moved since.",
)
@prints_json
def rehearse(
    campaign: str | None, every: bool, until: str | None, against: Path | None, as_json: bool
) -> None:
    """Every message, task, skip and conflict ahead, on a virtual clock. Nothing leaves."""
    if every == (campaign is not None):
        raise click.UsageError("Name one campaign, or give --all.")
    earlier = _plan_in(against) if against else None
    end = parse_instant(until) if until else None
    rt = open_runtime()
    with _told_how_far() as told:
        if campaign is None:
            result = rehearse_all(rt, end, told)
        else:
            result = rehearse_campaign(rt, campaign, end, told)
    if earlier is not None:
        _print_differences(differences(earlier, result.as_json()), as_json)
    elif as_json:
        _stream(result)
    else:
        _print(result, every)


@contextmanager
def _told_how_far() -> Iterator[Callable[[datetime], None]]:
    """Where somebody watches: the day that a long rehearsal has come to, on one line."""
    watched, began, last = sys.stderr.isatty(), monotonic(), ""

    def tell(moment: datetime) -> None:
        nonlocal last
        day = f"{moment:%Y-%m-%d}"
        if watched and day != last and monotonic() - began > PATIENCE:
            click.echo(f"\rRehearsed up to {day}", err=True, nl=False)
            last = day

    try:
        yield tell
    finally:
        if last:
            click.echo("\r" + " " * 40 + "\r", err=True, nl=False)


def _plan_in(path: Path) -> dict[str, Any]:
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        plan = None
    if not isinstance(plan, dict) or not isinstance(plan.get("events"), list):
        raise Invalid(
            f"{path} is not a rehearsal: save one with `rollout rehearse CAMPAIGN --json`.",
            field="against",
        )
    return plan


def _stream(result: Rehearsal) -> None:
    """One event a line: a year of all campaigns is large, and can be read as it comes."""
    head = json.dumps(result.head(), ensure_ascii=False)
    click.echo(f'{head[:-1]}, "events": [')
    last = len(result.events) - 1
    for place, event in enumerate(result.events):
        line = json.dumps(event.as_json(), ensure_ascii=False)
        click.echo(line if place == last else f"{line},")
    click.echo("]}")


def _print(result: Rehearsal, every: bool) -> None:
    for event in result.events:
        detail = event.subject or event.reason
        where = f"{event.campaign}  {event.customer}" if every else event.customer
        click.echo(
            f"{event.local}  {where}  {event.kind}  {event.step}  {event.people or ''}  {detail}"
        )
    for name, why in result.left_out:
        click.echo(f"Left out: {name}. {why}")
    for wait in result.waits:
        click.echo(_said(wait))
    mails = sum(event.people for event in result.events if event.kind == "mail")
    click.echo(f"{mails} letters, {len(result.events)} events.")


def _print_differences(found: Sequence[Difference], as_json: bool) -> None:
    many = {word: sum(one.change == word for one in found) for word in WORDS}
    if as_json:
        print_json({**many, "differences": [one.as_json() for one in found]})
        return
    for one in found:
        when = f"{one.before} -> {one.after}" if one.change == "moved" else one.after or one.before
        click.echo(f"{one.change}  {when}  {one.customer}  {one.kind}  {one.step}  {one.audience}")
    click.echo(", ".join(f"{count} {word}" for word, count in many.items()) + ".")


WORDS = ("added", "removed", "moved")


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
