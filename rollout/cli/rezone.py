"""rollout rezone."""

from datetime import datetime
from importlib.metadata import version
from typing import Any

import click

from campaigns import rezone as zones
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import print_json, prints_json
from rollout.show import moment, promised


@click.command(name="rezone")
@click.option("--preview", is_flag=True, help="List what would move, and move nothing.")
@prints_json
@acts
def rezone(preview: bool, as_json: bool, actor: str | None) -> None:
    """The rules of a time zone changed: keep what customers were promised, move the instants.

    Who decides at a customer whose agreed instant moves gets one letter with a new calendar
    entry.
    """
    desk = desk_for(actor, "plan")
    if preview:
        with desk.rt.store.reading() as session:
            found = zones.moved(session, desk.now)
    else:
        with desk.writing() as session:
            found = zones.rezone(session, who=desk.who, now=desk.now)
    if as_json:
        print_json(_as_json(found, preview))
        return
    for line in _lines(found):
        click.echo(line)
    verb = "would move" if preview else "moved"
    click.echo(f"tzdata {version('tzdata')}: {found.sentence()} {verb}.")


def _lines(found: zones.Moved) -> list[str]:
    lines = []
    for date in found.dates:
        stands = promised(date.local.date(), date.local.time(), date.zone)
        gap = " (that time no longer exists; the first one after it counts)" if date.shifted else ""
        instants = f"{moment(date.was)} becomes {moment(date.now)}"
        lines.append(f"{date.customer}, {date.campaign}: {stands} stands{gap}; {instants}.")
    for touch in found.contacts:
        instants = f"{moment(touch.was)} becomes {moment(touch.now)}"
        lines.append(f"{touch.customer}, {touch.campaign}: {touch.step}; {instants}.")
    return lines


def _as_json(found: zones.Moved, preview: bool) -> dict[str, Any]:
    return {
        "preview": preview,
        "tzdata": version("tzdata"),
        "dates": [
            {
                "campaign": date.campaign,
                "customer": date.customer,
                "date": date.local.date().isoformat(),
                "time": f"{date.local:%H:%M}",
                "zone": date.zone,
                "was": _instant(date.was),
                "now": _instant(date.now),
                "shifted": date.shifted,
            }
            for date in found.dates
        ],
        "touches": [
            {
                "campaign": touch.campaign,
                "customer": touch.customer,
                "step": touch.step,
                "local": touch.local.isoformat(timespec="minutes") if touch.local else None,
                "zone": touch.zone,
                "was": _instant(touch.was),
                "now": _instant(touch.now),
            }
            for touch in found.contacts
        ],
    }


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
