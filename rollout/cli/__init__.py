"""The command `rollout`. Exit 0 fine, 1 refused with one clear line, 2 wrong usage."""

import sys
import uuid

import click

from campaigns.errors import Refused
from guides.errors import GuideError
from rollout.cli import campaigns, care, changes, evidence, people, serve
from rollout.cli.faults import keep_fault
from rollout.logs import configure
from rollout.settings import BadSettings

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--as", "actor", metavar="EMAIL", envvar="ROLLOUT_ACTOR", help="Who acts.")
@click.pass_context
def cli(context: click.Context, actor: str | None) -> None:
    """Rollout: turn a change that a vendor forces on everybody into dates that customers chose."""
    configure("WARNING")
    context.obj = {"actor": actor}


for group in (people, changes, campaigns, evidence, serve, care):
    for command in group.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """The console entry: whatever goes wrong ends in one line, never in a traceback."""
    try:
        # Outside standalone mode click hands an exit code back instead of raising it.
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (Refused, BadSettings, GuideError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # the one door: a person gets a sentence, the log gets the rest
        _unexpected(error)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _unexpected(error: Exception) -> None:
    number = uuid.uuid4().hex[:8]
    where = keep_fault(number, error)
    click.echo(f"Something unexpected went wrong (fault {number}). Details: {where}", err=True)
