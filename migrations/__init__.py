"""The database's history. Alembic, run by `rollout migrate` and by the embedded mode itself."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from campaigns.errors import Refused

LOCK = 7_305_113  # any fixed number: one migration at a time on Postgres


def config(url: str = "") -> Config:
    """Alembic's configuration, from the package itself: no ini file is needed."""
    made = Config()
    made.set_main_option("script_location", str(files("migrations")))
    made.attributes["url"] = url
    return made


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, in one transaction of its own."""
    made = config()
    with engine.connect() as connection:
        made.attributes["connection"] = connection
        command.upgrade(made, "head")


def pending(engine: Engine) -> list[str]:
    """The revisions that the database lacks, newest first.

    Raises Refused for a database that a newer version of the program has migrated.
    """
    script = ScriptDirectory.from_config(config())
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_heads()
    if not set(at) <= {revision.revision for revision in script.walk_revisions()}:
        raise Refused("The database was made by a newer version of Rollout. Update the program.")
    known = {
        revision.revision for head in at for revision in script.iterate_revisions(head, "base")
    }
    return [r.revision for r in script.walk_revisions() if r.revision not in known]
