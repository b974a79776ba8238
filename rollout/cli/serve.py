"""rollout up, migrate, web, worker, beat."""

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import click

import migrations
from campaigns import rezone
from campaigns.errors import Refused
from rollout.cli.context import open_runtime, open_store, settings
from rollout.logs import configure
from rollout.settings import Settings
from rollout.wiring import DrivenClock, build_store, with_nudge
from workers.runtime import Runtime

CONNECTIONS = 64  # of each worker of the pages, waiting ones included


@click.command(name="up")
@click.option("--demo", is_flag=True, help="Load a made-up provider with customers and a campaign.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Folder for everything."
)
def up(demo: bool, host: str, port: int, data: Path | None) -> None:
    """Everything in one process: pages, worker, beat, on SQLite and without a broker."""
    # Imported here, as they are slow and no other command needs them.
    from rollout.seed import act_demo, demo_settings, load_demo
    from rollout.serving import alone, listen, serve_until_stopped

    own = demo_settings(os.environ) if demo else {}
    loaded = settings(data=data, **own)
    with alone(loaded.settings.data):
        server_socket, address = listen(host, port)
        configure("WARNING")  # the board shows each letter; a terminal need not
        rt = open_runtime(loaded, address)
        urls = load_demo(rt, loaded.settings) if demo else {"Board": f"{rt.links.base_url}/"}
        _drive(rt)
        if demo:
            act_demo(rt, loaded.settings)
        serve_until_stopped(rt, loaded.settings, server_socket, urls)


@click.command(name="migrate")
def migrate() -> None:
    """Bring the database to the newest shape. Safe to run twice, and from many machines at once."""
    loaded = settings()
    store = build_store(loaded.settings)
    pending = migrations.pending(store.engine)
    migrations.upgrade(store.engine)
    click.echo(f"{len(pending)} migrations applied." if pending else "The database is up to date.")


@click.command(name="web")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--threads",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Of each worker. More wait for the interpreter and make each other slower.",
)
def web(host: str, port: int, workers: int, threads: int) -> None:
    """The pages and the API, on gunicorn."""
    open_store(settings()).close()
    arguments = [
        *("-k", "gthread", "--workers", str(workers), "--threads", str(threads)),
        # More stay in the kernel's queue, for whichever worker is free first: with a thousand
        # each, one worker takes most of a crowd and another has nothing to do.
        *("--worker-connections", str(max(CONNECTIONS, 2 * threads))),
        *("--bind", f"{host}:{port}", "--no-control-socket", "--access-logfile", "-"),
        *("--logger-class", "rollout.access.GunicornLogger", "rollout.wsgi:app"),
    ]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments])


@click.command(name="worker")
@click.option(
    "--concurrency",
    default=1,
    show_default=True,
    type=click.IntRange(1, 32),
    help="Sweeps at once; ROLLOUT_CONNECTIONS and more workers do more for speed.",
)
def worker(concurrency: int) -> None:
    """A worker: opens what is due and hands letters over."""
    from workers.scaled import serve_worker
    from workers.tasks import add_tasks

    rt, app = _driver()
    # One more listens, so that rings do not pile up behind a long sweep.
    serve_worker(app, rt, add_tasks(app, lambda: rt, concurrency), concurrency + 1)


@click.command(name="beat")
def beat() -> None:
    """The beat: asks every few seconds what is due. Two of them do no harm."""
    from workers.scaled import serve_beat

    _, app = _driver()
    serve_beat(app)


def broker_app(settings: Settings, speed: float | None = None) -> Any:
    """The Celery app. Raises Refused where the broker cannot be shared by processes."""
    from workers.app import make_app, pace

    _must_be_shared(settings)
    return make_app(settings.broker_url, pace(settings.sweep_seconds, speed))


@cache
def scaled_runtime() -> Runtime:
    """The runtime of a web process: it wakes couriers over the broker where there is one."""
    from workers.tasks import nudger

    loaded = settings()
    rt = open_runtime(loaded)
    if loaded.settings.embedded_broker:
        return rt
    return with_nudge(rt, nudger(broker_app(loaded.settings)))


def _driver() -> tuple[Runtime, Any]:
    """The runtime of a process that keeps the clock running, and its Celery app."""
    loaded = settings()
    configure()
    _must_be_shared(loaded.settings)
    rt = open_runtime(loaded)
    _drive(rt)
    return rt, broker_app(loaded.settings, rt.clock.speed)


def _must_be_shared(settings: Settings) -> None:
    if settings.embedded_broker:
        raise Refused(
            "ROLLOUT_BROKER_URL is memory://, which lives in one process. "
            "Use `rollout up`, or set it to redis://HOST:6379/0."
        )


def _drive(rt: Runtime) -> None:
    """A process that sends: its clock goes on, and staff hear of new rules that it came with."""
    if isinstance(rt.clock, DrivenClock):
        rt.clock.go_on()
    with rt.store.writing() as session:
        rezone.remind(session, rt.clock.now())
