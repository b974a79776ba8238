"""What every import of rows asks and tells."""

from typing import Any

import click

from campaigns.register import ImportResult
from rollout.cli.context import F, print_json


def accepts_good_rows(command: F) -> F:
    """Give a command the option --accept-good-rows."""
    words = "Store the good rows although others are bad."
    return click.option("--accept-good-rows", is_flag=True, help=words)(command)


def show_import(result: ImportResult, what: str, as_json: bool) -> None:
    """Print what an import did; exit 1 where a bad row kept the whole file out."""
    if as_json:
        print_json(result.as_json())
    else:
        _in_words(result.as_json(), what)
    if not result.stored:
        bad = len(result.rejected)
        first = f"line {result.rejected[0].line}: {result.rejected[0].reason}"
        more = f" ({bad - 1} more rows are listed above.)" if bad > 1 else ""
        click.echo(
            f"Nothing was stored: {first}{more} Mend the file, or use --accept-good-rows.",
            err=True,
        )
        raise click.exceptions.Exit(1)


def _in_words(result: dict[str, Any], what: str) -> None:
    click.echo(
        f"{result['rows']} rows: {result['accepted']} accepted, {len(result['rejected'])} rejected."
    )
    for row in result["rejected"]:
        click.echo(f"  line {row['line']}: {row['reason']}")
    for warning in result["warnings"]:
        click.echo(f"  {warning}")
    if result["stored"]:
        click.echo(
            f"{what}: {result['created']} new, {result['updated']} changed, "
            f"{result['unchanged']} as before."
        )
