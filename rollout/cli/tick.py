"""rollout tick."""

from typing import Any

import click

from campaigns.contact import waiting_on_hold
from rollout.cli.context import open_runtime, print_json, prints_json
from rollout.parse.moment import parse_instant
from workers import steward


@click.command(name="tick")
@click.option("--until", help="With a driven clock: every sweep that is due up to this moment.")
@prints_json
def tick(until: str | None, as_json: bool) -> None:
    """One sweep, now: for cron instead of beat, and for driven clocks. Safe to repeat."""
    rt = open_runtime()
    moment = parse_instant(until) if until else None
    if moment is not None and rt.clock.speed is None:
        raise click.UsageError("--until needs a driven clock (ROLLOUT_CLOCK=START@SPEED).")
    reasons: list[str | None] = []
    done = steward.tick(rt, moment, told=reasons.append)
    facts: dict[str, Any] = {
        "now": (moment or rt.clock.now()).isoformat().replace("+00:00", "Z"),
        "due": done.due,
        "sent": done.sent,
        "skipped": dict(done.skipped),
        "failed": done.failed,
        "uncertain": done.uncertain,
        "held": _held(rt),
        "later": done.later,
        "not_sending": reasons[-1],
    }
    if as_json:
        print_json(facts)
        return
    if facts["not_sending"]:
        click.echo(f"Nothing is sent. {facts['not_sending']} See: rollout doctor")
        return
    skipped = sum(done.skipped.values())
    click.echo(
        f"{facts['now']}: {done.sent} sent, {skipped} skipped, {done.failed} failed, "
        f"{done.uncertain} uncertain, {facts['held']} held."
    )


def _held(rt: Any) -> int:
    with rt.store.reading() as session:
        return waiting_on_hold(session, rt.clock.now())
