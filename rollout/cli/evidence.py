"""rollout evidence."""

import click

from rollout.cli.acting import acts, desk_for
from rollout.cli.context import opened, print_json, prints_json
from rollout.parse.moment import parse_instant


@click.group(name="evidence")
def evidence_group() -> None:
    """What vendor systems say of who is ready."""


@evidence_group.command(name="import")
@click.argument("file")
@click.option("--source", default="auto", show_default=True, help="Which system wrote the file.")
@click.option("--customer", help="The file is about this customer alone.")
@click.option("--taken-at", help="When it was taken, such as 2026-11-20T08:00Z.")
@prints_json
@acts
def evidence_import(
    file: str,
    source: str,
    customer: str | None,
    taken_at: str | None,
    as_json: bool,
    actor: str | None,
) -> None:
    """Import an evidence file from Entra, Graph, CIPP or Google."""
    desk = desk_for(actor, "import")
    with opened(file) as (stream, name):
        result = desk.import_evidence(
            stream,
            name,
            source=source,
            customer=customer,
            taken_at=parse_instant(taken_at) if taken_at else None,
        )
    if as_json:
        print_json(result.as_json())
        return
    click.echo(
        f"{result.source}, taken {result.taken_at:%Y-%m-%d %H:%M} UTC: {result.rows} rows, "
        f"{result.accepted} accepted, {result.matched} matched to people."
    )
    for warning in result.warnings:
        click.echo(f"  {warning}")
    for row in result.rejected:
        click.echo(f"  line {row.line}: {row.reason}")
    if result.repeated:
        click.echo("This file was imported before; nothing changed.")
