"""rollout report."""

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
from rollout.cli.context import open_runtime, print_json, prints_json
from rollout.papers import as_csv, as_pdf


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
