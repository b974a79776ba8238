"""The database's history. Alembic, run by `rollout migrate` and by the embedded mode itself.

Every process asks at its start whether a migration is pending, and nearly always none is.
So that question is answered without Alembic, which takes longer to load than all our tables.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from campaigns.errors import Refused

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 7_305_113  # any fixed number: one migration at a time on Postgres


def config(url: str = "") -> Config:
    """Alembic's configuration, from the package itself: no ini file is needed."""
    from alembic.config import Config  # slow to load

    made = Config()
    made.set_main_option("script_location", str(files("migrations")))
    made.attributes["url"] = url
    return made


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, in one transaction of its own."""
    from alembic import command  # slow to load

    made = config()
    with engine.connect() as connection:
        made.attributes["connection"] = connection
        command.upgrade(made, "head")


def pending(engine: Engine) -> list[str]:
    """The revisions that the database lacks, newest first.

    Raises Refused for a database that a newer version of the program has migrated.
    """
    ours = history()
    at = _current(engine)
    if at is None:
        return list(ours)
    if at not in ours:
        raise Refused("The database was made by a newer version of Rollout. Update the program.")
    return list(ours[: ours.index(at)])


@cache
def history() -> tuple[str, ...]:
    """Our revisions, newest first, read from the files that Alembic runs; one line, no branches.

    Raises ValueError where the files are no such line.
    """
    after: dict[str | None, str] = {}
    for file in files("migrations").joinpath("versions").iterdir():
        if file.name.endswith(".py"):
            told = _told(file.read_text(encoding="utf-8"))
            if told["down_revision"] in after:
                raise ValueError(f"{file.name}: two revisions follow {told['down_revision']}.")
            after[told["down_revision"]] = str(told["revision"])
    line: list[str] = []
    at: str | None = None
    while at in after:
        at = after.pop(at)
        line.insert(0, at)
    if after:
        raise ValueError(f"No revision leads to {', '.join(sorted(after.values()))}.")
    return tuple(line)


def _told(source: str) -> dict[str, str | None]:
    """What a migration says of itself: `revision` and `down_revision`."""
    told: dict[str, str | None] = {}
    for line in ast.parse(source).body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            name = line.targets[0].id
            if name in ("revision", "down_revision"):
                told[name] = ast.literal_eval(line.value)
    return told


def _current(engine: Engine) -> str | None:
    """The revision at which the database is; None before the first."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
