"""What every command needs: settings, a migrated database, a runtime."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click
from sqlalchemy.exc import OperationalError

import migrations
from campaigns.errors import Invalid, Refused
from campaigns.store import Store
from rollout.settings import Loaded, load
from rollout.wiring import build_runtime, build_store
from workers.runtime import Runtime

F = TypeVar("F", bound=Callable[..., Any])


def settings(**overrides: Any) -> Loaded:
    """The settings of this call."""
    return load(os.environ, **overrides)


def open_store(loaded: Loaded) -> Store:
    """The database, up to date. The embedded one migrates itself; another must be migrated.

    Raises Refused where it cannot be reached or has pending migrations.
    """
    store = build_store(loaded.settings)
    if command := click.get_current_context(silent=True):
        command.call_on_close(store.close)
    try:
        pending = migrations.pending(store.engine)
        if pending and loaded.settings.embedded_store:
            migrations.upgrade(store.engine)
        elif pending:
            raise Refused("The database is not up to date. Run `rollout migrate` first.")
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise Refused(f"The database cannot be reached: {reason}") from None
    return store


def open_runtime(loaded: Loaded | None = None, address: str | None = None) -> Runtime:
    """A runtime on the settings' database; `address` where this process serves pages."""
    loaded = loaded or settings()
    return build_runtime(loaded.settings, open_store(loaded), address)


def prints_json(command: F) -> F:
    """Give a command the option --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


@contextmanager
def opened(path: str) -> Iterator[tuple[BinaryIO, str]]:
    """A file for reading, and its name. Raises Invalid with one clear line."""
    try:
        with Path(path).open("rb") as stream:
            yield stream, Path(path).name
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None


def read_bytes(path: str) -> bytes:
    with opened(path) as (stream, _):
        return stream.read()


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
