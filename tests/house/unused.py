"""Code that nothing uses, by vulture, which sees neither templates nor what libraries call by name.

`python -m tests.house.unused` prints it and exits 1.
"""

import re
import sys
from collections.abc import Iterator
from enum import Enum

from vulture import Vulture
from vulture.config import make_config
from vulture.core import Item

from campaigns.models import Base
from campaigns.rules import steps
from tests.shared import ROOT

# Each name that is used although no Python of ours says so, and by whom.
USED_BY_NAME = {
    "CAMPAIGN_STATES": "tests, to go through every state",
    "DELIVERY_STATES": "tests, to go through every state",
    "Generator": "annotations in quotes",
    "GunicornLogger": "gunicorn, named on its command line",
    "NDArray": "annotations in quotes",
    "ROLLOUT_STATES": "tests, to go through every state",
    "TOUCH_STATES": "tests, to go through every state",
    "atoms_wrapper_class": "gunicorn",
    "branch_labels": "Alembic",
    "cache_ok": "SQLAlchemy's type decorators",
    "chance_right_direction": "a rule of the value model that no page shows yet",
    "depends_on": "Alembic",
    "did_refusal": "a rule of the value model that no page shows yet",
    "direct_passthrough": "Werkzeug's responses",
    "down_revision": "Alembic",
    "downgrade": "Alembic",
    "exact_rate_ratio": "a rule of the value model that no page shows yet",
    "env_settings": "pydantic-settings calls with this keyword",
    "dotenv_settings": "pydantic-settings calls with this keyword",
    "file_secret_settings": "pydantic-settings calls with this keyword",
    "readline": "smtplib's reader",
    "requires": "Celery's bootsteps",
    "settings_cls": "pydantic-settings calls with this keyword",
    "settings_customise_sources": "pydantic-settings",
    "float64": "annotations in quotes",
    "handle_data": "html.parser",
    "handle_endtag": "html.parser",
    "handle_starttag": "html.parser",
    "impl": "SQLAlchemy's type decorators",
    "interval": "with posterior",
    "isolation_level": "sqlite3's connections",
    "jeffreys_high": "with exact_rate_ratio",
    "jeffreys_likely": "with exact_rate_ratio",
    "jeffreys_low": "with exact_rate_ratio",
    "local_hostname": "smtplib's connections",
    "lstrip_blocks": "Jinja's environments",
    "max_content_length": "Werkzeug's requests",
    "model_config": "pydantic",
    "posterior": "a rule of the value model that no page shows yet",
    "process_bind_param": "SQLAlchemy's type decorators",
    "process_result_value": "SQLAlchemy's type decorators",
    "static_is_pinned": "rollout.security, by g.get",
    "trim_blocks": "Jinja's environments",
    "undefined": "Jinja's environments",
}
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
EXPRESSION = re.compile(r"\{[{%](.*?)[}%]\}", re.DOTALL)


def used_elsewhere() -> set[str]:
    """Names in templates, of columns and of words that playbooks use, and the list above."""
    names = {*USED_BY_NAME, *_words_of_playbooks()}
    for folder in (ROOT / "rollout" / "templates", ROOT / "guides" / "frames"):
        for path in folder.rglob("*.*"):
            for expression in EXPRESSION.findall(path.read_text()):
                names.update(WORD.findall(expression))
    for table in Base.metadata.tables.values():
        names.update(column.name for column in table.columns)
    return names


def _words_of_playbooks() -> Iterator[str]:
    for kind in vars(steps).values():
        if isinstance(kind, type) and issubclass(kind, Enum):
            yield from kind.__members__


def unused() -> Iterator[Item]:
    """What nobody uses, in the order of files and lines."""
    config = make_config(argv=[])
    search = Vulture(
        ignore_names=config["ignore_names"], ignore_decorators=config["ignore_decorators"]
    )
    search.scavenge(config["paths"])
    used = used_elsewhere()
    for item in search.get_unused_code(min_confidence=config["min_confidence"]):
        if item.name not in used:
            yield item


def main() -> None:
    lines = [f"{i.filename.relative_to(ROOT)}:{i.first_lineno}: {i.message}" for i in unused()]
    sys.exit("\n".join(lines) or 0)


if __name__ == "__main__":
    main()
