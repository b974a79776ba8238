"""rollout playbooks."""

import click

from campaigns.playbooks import names, shipped


@click.group(name="playbooks")
def playbooks_group() -> None:
    """The steps that campaigns follow."""


@playbooks_group.command(name="list")
def playbooks_list() -> None:
    """The playbooks that come with the product."""
    for name in names():
        click.echo(f"{name}  {shipped(name).title}")
