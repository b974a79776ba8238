"""One process that serves everything until it is told to stop."""

import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from waitress import wasyncore
from waitress.server import create_server

from rollout.settings import Settings
from rollout.web import create_app
from rollout.wiring import with_nudge
from workers.app import make_app, pace
from workers.embedded import running
from workers.runtime import Runtime
from workers.tasks import add_tasks, nudger

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # compared with, not bound to
GLANCE = 0.2  # seconds between two looks at whether to stop
LAST_PAGES = 1.0  # seconds for pages that are being made when we are told to stop


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Holds the data folder for one `rollout up`; a second is refused with one clear line."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(
                f"Another `rollout up` serves {data} already. "
                "Stop it first, or give this one a folder of its own with --data."
            ) from None
        yield


def listen(host: str, port: int) -> tuple[socket.socket, str]:
    """A bound socket and the address that letters can link to; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((host, port))
    except OSError as error:
        raise click.ClickException(
            f"Port {port} on {host} cannot be used: {error.strerror}."
        ) from None
    name = "127.0.0.1" if host in EVERYWHERE else host
    shown = f"[{name}]" if ":" in name else name
    return server, f"http://{shown}:{server.getsockname()[1]}"


def serve_until_stopped(
    rt: Runtime, settings: Settings, server_socket: socket.socket, urls: dict[str, str]
) -> None:
    """Pages, worker and beat in threads; Ctrl-C or SIGTERM ends all of them."""
    app = make_app("memory://localhost/", pace(settings.sweep_seconds, rt.clock.speed))
    sweeper = add_tasks(app, lambda: rt)
    web = create_app(with_nudge(rt, nudger(app)), settings)
    channels: dict[int, Any] = {}
    server = create_server(web, channels, sockets=[server_socket], threads=8, ident=None)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _n, _f: stop.set())
    with running(app, rt, sweeper):
        _announce(urls)
        while not stop.is_set():
            wasyncore.loop(timeout=GLANCE, map=channels, use_poll=True, count=1)
        click.echo("Stopping.")
        server.task_dispatcher.shutdown(timeout=LAST_PAGES)
        server.close()
    rt.store.close()
    _leave()


def _leave() -> None:
    """End, even where a courier still waits for a mail server.

    The lease and the mark of that letter say what became of it; waiting longer would look
    like hanging.
    """
    waiting = [
        t for t in threading.enumerate() if not t.daemon and t is not threading.main_thread()
    ]
    if waiting:
        sys.stdout.flush()
        os._exit(0)


def _announce(urls: dict[str, str]) -> None:
    for name, url in urls.items():
        click.echo(f"{name + ':':<18} {url}")
    click.echo("Press Ctrl-C to stop.")
