"""rollout metrics."""

import click

from rollout.cli.context import open_runtime, settings
from rollout.pulse import metrics, metrics_token


@click.command(name="metrics")
@click.option("--token", is_flag=True, help="Print the bearer token that /metrics asks for.")
def metrics_command(token: bool) -> None:
    """The figures that /metrics shows, for Prometheus or a text file of its node exporter."""
    loaded = settings()
    if token:
        click.echo(metrics_token(loaded.settings))
        return
    click.echo(metrics(open_runtime(loaded)), nl=False)
