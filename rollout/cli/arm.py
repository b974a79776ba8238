"""rollout arm."""

import click

from campaigns.errors import Invalid
from rollout.cli.acting import acts, desk_for
from workers import gate


@click.command(name="arm")
@click.option("--yes", is_flag=True, help="No other copy sends, and the clock is right.")
@acts
def arm(yes: bool, actor: str | None) -> None:
    """Let this installation send, after its database was copied or restored or a clock jumped."""
    desk = desk_for(actor, "administer")
    found = gate.refused(desk.rt)
    if found is not None and not yes:
        raise Invalid(
            f"Nothing is sent. {found.why} The clock says {desk.rt.clock.machine():%Y-%m-%d %H:%M} "
            "UTC. If no other copy of this installation sends and the clock is right, "
            "say so with: rollout arm --yes"
        )
    gate.arm(desk.rt, desk.who)
    click.echo("Sending goes on with the next sweep.")
