"""The playbooks that come with the product: one YAML file each, beside this module."""

from functools import cache
from importlib.resources import files

from campaigns.errors import NotFound
from campaigns.rules.playbook import Playbook, read

DEFAULT = "authentication-all-users"


def names() -> list[str]:
    """The names of all shipped playbooks, in alphabetical order."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml"))


def source(name: str) -> str:
    """The YAML text of a shipped playbook; "default" is the one for all users.

    Raises NotFound, which lists the names there are.
    """
    name = _resolved(name)
    return files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def shipped(name: str) -> Playbook:
    """A shipped playbook, read and checked. Raises NotFound as `source` does."""
    return _read(_resolved(name))


def _resolved(name: str) -> str:
    if name == "default":
        return DEFAULT
    if name not in names():
        known = ", ".join(names())
        raise NotFound(f'"{name}" is not a playbook. Use one of: {known}.', "playbook_unknown")
    return name


@cache
def _read(name: str) -> Playbook:
    return read(source(name), f"{name}.yaml")
