"""rollout tick, doctor, settings."""

from typing import Any

import click

from campaigns.contact import waiting_on_hold
from rollout.cli.context import open_runtime, print_json, prints_json, settings
from rollout.doctor import examine
from rollout.parse.moment import parse_instant
from rollout.settings import SECRETS, Settings
from workers.steward import tick


@click.command(name="tick")
@click.option("--until", help="With a driven clock: every sweep that is due up to this moment.")
@prints_json
def tick_command(until: str | None, as_json: bool) -> None:
    """One sweep, now: for cron instead of beat, and for driven clocks. Safe to repeat."""
    rt = open_runtime()
    moment = parse_instant(until) if until else None
    if moment is not None and rt.clock.speed is None:
        raise click.UsageError("--until needs a driven clock (ROLLOUT_CLOCK=START@SPEED).")
    done = tick(rt, moment)
    facts: dict[str, Any] = {
        "now": (moment or rt.clock.now()).isoformat().replace("+00:00", "Z"),
        "due": done.due,
        "sent": done.sent,
        "skipped": dict(done.skipped),
        "failed": done.failed,
        "uncertain": done.uncertain,
        "held": _held(rt),
        "later": done.later,
    }
    if as_json:
        print_json(facts)
        return
    skipped = sum(done.skipped.values())
    click.echo(
        f"{facts['now']}: {done.sent} sent, {skipped} skipped, {done.failed} failed, "
        f"{done.uncertain} uncertain, {facts['held']} held."
    )


@click.command(name="doctor")
@prints_json
def doctor(as_json: bool) -> None:
    """What is wrong with this installation, and the mend."""
    findings = examine(settings())
    if as_json:
        print_json(
            {"findings": [{"level": f.level, "what": f.what, "mend": f.mend} for f in findings]}
        )
    else:
        for finding in findings:
            click.echo(
                f"{finding.level:<5} {finding.what}{' ' + finding.mend if finding.mend else ''}"
            )
    if any(finding.level == "wrong" for finding in findings):
        raise click.exceptions.Exit(1)


@click.command(name="settings")
@prints_json
def settings_command(as_json: bool) -> None:
    """Every setting, its value's source and default; secrets are hidden."""
    loaded = settings()
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(loaded.settings, name)
        hidden = name in SECRETS and name in loaded.sources
        rows.append(
            {
                "name": f"ROLLOUT_{name.upper()}",
                "value": "(hidden)" if hidden else str(value),
                "source": loaded.sources.get(name, "default"),
                "default": str(field.default),
                "meaning": field.description or "",
            }
        )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']}={row['value']}  ({row['source']})\n    {row['meaning']}")


def _held(rt: Any) -> int:
    with rt.store.reading() as session:
        return waiting_on_hold(session, rt.clock.now())


COMMANDS = (tick_command, doctor, settings_command)
