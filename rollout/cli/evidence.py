"""rollout evidence, tickets, report."""

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import click

from campaigns import launch, report
from campaigns.boards import campaign_list
from campaigns.errors import Invalid
from rollout.cli.context import acts, desk_for, open_runtime, opened, print_json, prints_json
from rollout.cli.people import show_import
from rollout.papers import as_csv, as_pdf
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


@click.group(name="tickets")
def tickets_group() -> None:
    """Help-desk tickets, to compare with."""


@tickets_group.command(name="import")
@click.argument("file")
@click.option("--source", default="auto", show_default=True, help="Which system wrote the file.")
@click.option(
    "--accept-good-rows", is_flag=True, help="Store the good rows although others are bad."
)
@prints_json
@acts
def tickets_import(
    file: str, source: str, accept_good_rows: bool, as_json: bool, actor: str | None
) -> None:
    """Import tickets from ConnectWise, Autotask, HaloPSA, Zendesk or a CSV file."""
    desk = desk_for(actor, "import")
    with opened(file) as (stream, name):
        result = desk.import_tickets(stream, name, source=source, accept_good_rows=accept_good_rows)
    show_import(result, "tickets", as_json)


@click.command(name="report")
@click.argument("what", type=click.Choice(["value", "adoption", "pack"]))
@click.option("--campaign", help="Which campaign; not needed where there is only one.")
@click.option("--customer", help="One customer only.")
@click.option(
    "--format", "form", type=click.Choice(["json", "csv", "pdf"]), help="How to print it."
)
@click.option("--out", type=click.Path(dir_okay=False), help="Write to this file.")
@prints_json
def report_command(
    what: str,
    campaign: str | None,
    customer: str | None,
    form: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Adoption, or avoided disruption as a range with its assumptions, or the evidence pack."""
    rt = open_runtime()
    with rt.store.reading() as session:
        found = launch.find_campaign(session, campaign or _only(session))
        now = rt.clock.now()
        if what == "adoption":
            facts = report.adoption(session, found, now, customer)
        elif what == "value":
            facts = report.value(session, found, now, customer).as_json()
        else:
            facts = report.pack(session, found, now, customer)
    if customer and not facts["customers"]:
        raise Invalid(f'"{customer}" is not in the campaign "{facts["campaign"]}".')
    _write(what, facts, "json" if as_json else form, out, rt.provider.name)


def _only(session: Any) -> str:
    campaigns = [c.name for c in campaign_list(session)]
    if len(campaigns) != 1:
        raise Invalid(
            f"Say which campaign: --campaign NAME. There are: {', '.join(campaigns) or 'none'}."
        )
    return campaigns[0]


def _write(
    what: str, facts: dict[str, Any], form: str | None, out: str | None, provider: str
) -> None:
    if form == "pdf":
        content = as_pdf(what, facts, provider)
    elif form == "csv":
        content = as_csv(what, facts).encode()
    elif form == "json" and out is None:
        print_json(facts)
        return
    elif form == "json":
        content = json.dumps(facts, ensure_ascii=False, indent=2).encode()
    else:
        content = _in_words(what, facts).encode()
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        Path(out).write_bytes(content)
    except OSError as error:
        raise Invalid(f"{out} cannot be written: {error.strerror}.") from None


def _in_words(what: str, facts: dict[str, Any]) -> str:
    buffer = io.StringIO()
    table = list(csv.reader(io.StringIO(as_csv(what, facts))))
    buffer.write(f"{facts['campaign']}, {what}, as of {facts['as_of']}\n")
    if what != "adoption":
        buffer.write(f"Grade {facts['grade']}: {facts['grade_words']}\n")
    for row in table:
        buffer.write("  ".join(row) + "\n")
    return buffer.getvalue()


COMMANDS = (evidence_group, tickets_group, report_command)
