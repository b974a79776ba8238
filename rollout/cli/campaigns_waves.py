"""rollout campaigns waves: which customers come first, and what must be good before the next."""

from collections.abc import Mapping
from typing import Any

import click

from campaigns import launch, waving
from campaigns.rules.waves import Ring
from campaigns.waves import wave_lines
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import open_runtime, print_json, prints_json, read_bytes
from rollout.desk import chooser_for
from rollout.parse.moment import parse_day

SHARE = click.IntRange(0, 100)
STEPS = {
    "hold": waving.hold_wave,
    "release": waving.release_wave,
    "remove": waving.remove_wave,
}


@click.command(name="waves")
@click.argument("name")
@click.option("--add", metavar="WAVE", help="A further wave, after those that are there.")
@click.option("--customers", metavar="FILE|all|tag:NAME=VALUE", help="Who is in the new wave.")
@click.option("--opens", metavar="DATE", help="Not before this day.")
@click.option("--exit-share", type=SHARE, default=100, show_default=True, help="Verified, in %.")
@click.option("--exit-days", type=click.IntRange(0, 365), default=0, show_default=True)
@click.option("--stop", type=SHARE, default=5, show_default=True, help="Held above so many %.")
@click.option("--hold", metavar="WAVE", help="No further dates of it, nor of those after it.")
@click.option("--release", metavar="WAVE", help="Go on with a wave that is on hold.")
@click.option("--remove", metavar="WAVE", help="Take it away; its customers are in none.")
@click.option("--why", default="", help="The reason, for the journal.")
@prints_json
@acts
def campaigns_waves(name: str, as_json: bool, actor: str | None, **asked: Any) -> None:
    """Waves of customers, how each stands, and why it is not open yet."""
    if sum(asked[which] is not None for which in ("add", *STEPS)) > 1:
        raise click.UsageError("Give one of --add, --hold, --release and --remove.")
    if (asked["add"] is None) != (asked["customers"] is None):
        raise click.UsageError("--add and --customers belong together.")
    if asked["add"] is not None:
        _add(name, actor, asked)
    for step in STEPS:
        if asked[step] is not None:
            _step(name, actor, step, asked)
    _print(name, as_json)


def _add(name: str, actor: str | None, asked: Mapping[str, Any]) -> None:
    opens = parse_day(asked["opens"]) if asked["opens"] else None
    choose = chooser_for(asked["customers"], read_bytes)
    desk = desk_for(actor, "plan")
    with desk.writing() as session:
        waving.add_wave(
            session,
            launch.find_campaign(session, name),
            asked["add"],
            [one.customer_id for one in choose(session) if one.included],
            exit_share=asked["exit_share"],
            exit_days=asked["exit_days"],
            stop_percent=asked["stop"],
            opens_on=opens,
            who=desk.who,
            now=desk.now,
        )


def _step(name: str, actor: str | None, step: str, asked: Mapping[str, Any]) -> None:
    desk = desk_for(actor, "plan")
    with desk.writing() as session:
        campaign = launch.find_campaign(session, name)
        wave = waving.find_wave(session, campaign, asked[step])
        STEPS[step](session, campaign, wave, why=asked["why"], who=desk.who, now=desk.now)


def wave_json(ring: Ring, closed: str) -> dict[str, Any]:
    """A wave in `rollout campaigns waves --json` and `show --json`; `closed` is None where open."""
    return {
        "name": ring.name,
        "customers": ring.customers,
        "verified": ring.verified,
        "exit_share": ring.exit_share,
        "exit_days": ring.exit_days,
        "opens_on": ring.opens_on.isoformat() if ring.opens_on else None,
        "held_why": ring.held_why,
        "closed": closed or None,
    }


def _print(name: str, as_json: bool) -> None:
    rt = open_runtime()
    today = rt.clock.now().date()
    with rt.store.reading() as session:
        campaign = launch.find_campaign(session, name)
        lines = wave_lines(session, campaign.id, today)
    rows = [wave_json(ring, reason) for ring, reason in lines]
    if as_json:
        print_json({"campaign": campaign.name, "waves": rows})
        return
    if not rows:
        click.echo("No waves: every customer may choose a date at once.")
    for row in rows:
        state = row["closed"] or "Open."
        click.echo(f"{row['name']}  {row['verified']} of {row['customers']} verified  {state}")
