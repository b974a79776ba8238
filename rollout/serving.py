"""One process that serves everything until it is told to stop."""

import signal
import socket
import threading

import click
from waitress.server import create_server

from rollout.settings import Settings
from rollout.web import create_app
from rollout.wiring import with_nudge
from workers.app import make_app
from workers.embedded import running
from workers.runtime import Runtime
from workers.tasks import add_tasks, nudger

FASTEST_SWEEP = 0.2  # seconds; a driven clock that runs fast is swept more often


def listen(host: str, port: int) -> tuple[socket.socket, str]:
    """A bound socket and the address that letters can link to; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((host, port))
    except OSError as error:
        raise click.ClickException(f"Port {port} on {host} cannot be used: {error.strerror}.") from None
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return server, f"http://{name}:{server.getsockname()[1]}"


def serve_until_stopped(
    rt: Runtime, settings: Settings, server_socket: socket.socket, urls: dict[str, str]
) -> None:
    """Pages, worker and beat in threads; Ctrl-C or SIGTERM ends all of them."""
    fast = rt.clock.speed is not None and rt.clock.speed > 1
    app = make_app("memory://", FASTEST_SWEEP if fast else settings.sweep_seconds)
    add_tasks(app, lambda: rt)
    web = create_app(with_nudge(rt, nudger(app)), settings)
    server = create_server(web, sockets=[server_socket], threads=8, ident=None)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _n, _f: stop.set())
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    with running(app):
        thread.start()
        _announce(urls)
        stop.wait()
        click.echo("Stopping.")
        server.close()
    rt.store.close()


def _announce(urls: dict[str, str]) -> None:
    for name, url in urls.items():
        click.echo(f"{name + ':':<18} {url}")
    click.echo("Press Ctrl-C to stop.")

