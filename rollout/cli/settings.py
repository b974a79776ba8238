"""rollout settings."""

import click

from rollout.cli.context import print_json, prints_json, settings
from rollout.settings import PREFIX, SECRETS, Settings


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
                "name": f"{PREFIX}{name.upper()}",
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
