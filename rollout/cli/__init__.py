"""The command `rollout`. Exit 0 fine, 1 refused with one clear line, 2 wrong usage."""

import sys
from importlib import import_module

import click

__all__ = ["cli", "main"]

# Each command, where it stands, and the first sentence of its help. Its module is loaded when
# the command is asked for: all of them together take a second.
COMMANDS = {
    "agree": (
        "rollout.cli.agree:agree",
        "A date agreed by phone, in the customer's own time, such as 2026-12-08 18:00.",
    ),
    "arm": (
        "rollout.cli.arm:arm",
        "Let this installation send, after its database was copied or restored or a clock jumped.",
    ),
    "beat": ("rollout.cli.serve:beat", "The beat: asks every few seconds what is due."),
    "campaigns": (
        "rollout.cli.campaigns:campaigns_group",
        "One change, one playbook, many customers.",
    ),
    "changes": (
        "rollout.cli.changes:changes_group",
        "What vendors will do, with dates and sources.",
    ),
    "contacts": ("rollout.cli.contacts:contacts_group", "The people at customers."),
    "customers": ("rollout.cli.customers:customers_group", "The firms that are looked after."),
    "doctor": ("rollout.cli.doctor:doctor", "What is wrong with this installation, and the mend."),
    "evidence": ("rollout.cli.evidence:evidence_group", "What vendor systems say of who is ready."),
    "freezes": (
        "rollout.cli.freezes:freezes_group",
        "Days on which nothing is done, once or again and again.",
    ),
    "hours": (
        "rollout.cli.hours:hours",
        "When we work, or a customer does; shown, or set. Changes are made when both work.",
    ),
    "limits": (
        "rollout.cli.limits:limits",
        'How much is taken on a day; shown, or set. "none" lifts a limit.',
    ),
    "metrics": (
        "rollout.cli.metrics:metrics_command",
        "The figures that /metrics shows, for Prometheus or a text file of its node exporter.",
    ),
    "migrate": ("rollout.cli.serve:migrate", "Bring the database to the newest shape."),
    "playbooks": ("rollout.cli.playbooks:playbooks_group", "The steps that campaigns follow."),
    "propose": (
        "rollout.cli.propose:propose",
        "The best dates for all customers of a campaign that have none. Nothing is booked.",
    ),
    "rehearse": (
        "rollout.cli.rehearse:rehearse",
        "Every message, task, skip and conflict ahead, on a virtual clock.",
    ),
    "report": (
        "rollout.cli.report:report_command",
        "Adoption, or avoided disruption as a range with its assumptions, or the evidence pack.",
    ),
    "rezone": (
        "rollout.cli.rezone:rezone",
        "The rules of a time zone changed: keep what customers were promised, move the instants.",
    ),
    "settings": (
        "rollout.cli.settings:settings_command",
        "Every setting, its value's source and default; secrets are hidden.",
    ),
    "staff": ("rollout.cli.staff:staff_group", "The people who work here."),
    "tick": (
        "rollout.cli.tick:tick",
        "One sweep, now: for cron instead of beat, and for driven clocks.",
    ),
    "tickets": ("rollout.cli.tickets:tickets_group", "Help-desk tickets, to compare with."),
    "up": (
        "rollout.cli.serve:up",
        "Everything in one process: pages, worker, beat, on SQLite and without a broker.",
    ),
    "web": ("rollout.cli.serve:web", "The pages and the API, on gunicorn."),
    "worker": ("rollout.cli.serve:worker", "A worker: opens what is due and hands letters over."),
}


class Lazy(click.Group):
    """A group that lists its commands by their first sentence and loads the one that is asked for.

    What stands in `commands` is enough for the list and for click's suggestions.
    """

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if super().get_command(ctx, cmd_name) is None:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Group(commands=self.commands).format_commands(ctx, formatter)


@click.group(
    cls=Lazy,
    commands={name: click.Command(name, help=words) for name, (_, words) in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--as", "actor", metavar="EMAIL", envvar="ROLLOUT_ACTOR", help="Who acts.")
@click.pass_context
def cli(context: click.Context, actor: str | None) -> None:
    """Rollout: turn a change that a vendor forces on everybody into dates that customers chose."""
    from rollout.logs import configure  # it is slow to load, and help needs no logs

    configure("WARNING")
    context.obj = {"actor": actor}


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
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # the one door: a person gets a sentence, the log gets the rest
        from rollout.cli.faults import in_one_line  # what it knows is slow to load

        click.echo(in_one_line(error), err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
