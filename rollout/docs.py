"""The reference pages in docs/, written from the commands and the settings themselves.

`python -m rollout.docs` writes them; with `--check` it only says whether they are in step.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from rollout.cli import cli
from rollout.settings import PREFIX, SECRETS, Settings

FOLDER = Path(__file__).parent.parent / "docs"
WIDTH = 92
NOTE = "<!-- Written by `make docs`. Change the words in the code, not here. -->"


def commands() -> str:
    """docs/commands.md: the help of every command, in the order in which help lists them."""
    parts = [
        "# Commands",
        NOTE,
        "Exit 0 is fine, 1 is refused with one clear line on stderr, 2 is wrong usage. "
        "`--json` prints facts for other programs.",
    ]
    for path, text in _helps(cli, "rollout", None):
        parts.append(f"{'#' * min(4, path.count(' ') + 2)} {path}\n\n```text\n{text}\n```")
    return "\n\n".join(parts) + "\n"


def settings() -> str:
    """docs/settings.md: a table of every setting."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_shown(field.default)} | {_cell(field.description or '')} |"
        for name, field in Settings.model_fields.items()
    ]
    secrets = ", ".join(f"`{PREFIX}{name.upper()}_FILE`" for name in SECRETS)
    parts = [
        "# Settings",
        NOTE,
        "Settings are environment variables. `rollout settings` shows the values in use and where "
        "each comes from; `rollout doctor` says what is wrong with them.",
        "| variable | default | meaning |\n| --- | --- | --- |\n" + "\n".join(rows),
        "Each can be read from a file instead: the variable with `_FILE` behind its name holds "
        f"the path. For what is secret, do: {secrets}.",
        "The commands act as `--as EMAIL`, or as the address in `ROLLOUT_ACTOR`.",
    ]
    return "\n\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    """Every written page, by its file name."""
    return {"commands.md": commands(), "settings.md": settings()}


def stale(folder: Path = FOLDER) -> list[str]:
    """The pages that do not say what the code says."""
    return [
        name
        for name, text in pages().items()
        if not (folder / name).is_file() or (folder / name).read_text() != text
    ]


def _helps(
    command: click.Command, path: str, parent: click.Context | None
) -> Iterator[tuple[str, str]]:
    settings = {**command.context_settings, "terminal_width": WIDTH}
    context = click.Context(command, info_name=path.split()[-1], parent=parent, **settings)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from _helps(below, f"{path} {name}", context)


def _shown(default: object) -> str:
    text = str(int(default)) if isinstance(default, bool) else str(default)
    return f"`{text}`" if text else "(none)"


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("<", "&lt;")


def _main() -> None:
    if "--check" in sys.argv[1:]:
        if names := stale():
            sys.exit(f"Not in step with the code: docs/{', docs/'.join(names)}. Run `make docs`.")
        return
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    _main()
