"""rollout doctor."""

import click

from rollout.cli.context import print_json, prints_json, settings
from rollout.doctor import examine


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
