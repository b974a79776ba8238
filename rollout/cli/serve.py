"""rollout up, migrate, web, worker, beat."""

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import click
import structlog

import migrations
from campaigns.errors import Refused
from rollout.cli.context import open_runtime, open_store, settings
from rollout.logs import configure
from rollout.settings import Loaded
from rollout.wiring import DrivenClock, build_runtime, build_store, with_nudge
from workers.runtime import Runtime

log = structlog.get_logger("serve")


@click.command(name="up")
@click.option("--demo", is_flag=True, help="Load a made-up provider with customers and a campaign.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Folder for everything.")
def up(demo: bool, host: str, port: int, data: Path | None) -> None:
    """Everything in one process: pages, worker, beat, on SQLite and without a broker."""
    # Imported here, as they are slow and no other command needs them.
    from rollout.seed import load_demo
    from rollout.serving import listen, serve_until_stopped

    server_socket, address = listen(host, port)
    loaded = settings(data=data)
    configure()
    rt = open_runtime(loaded, address)
    if isinstance(rt.clock, DrivenClock):
        rt.clock.go_on()
    urls = load_demo(rt, loaded.settings) if demo else {"Board": f"{rt.links.base_url}/"}
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
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
def web(host: str, port: int, workers: int, threads: int) -> None:
    """The pages and the API, on gunicorn."""
    open_store(settings()).close()
    arguments = [
        *("-k", "gthread", "--workers", str(workers), "--threads", str(threads)),
        *("--bind", f"{host}:{port}", "--no-control-socket", "--access-logfile", "-"),
        *("--logger-class", "rollout.logs.GunicornLogger", "rollout.wsgi:app"),
    ]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments])


@click.command(name="worker")
@click.option("--concurrency", default=2, show_default=True, type=click.IntRange(1, 32))
def worker(concurrency: int) -> None:
    """A worker: opens what is due and hands letters over."""
    loaded = settings()
    configure()
    rt = open_runtime(loaded)
    app = celery_app(loaded, lambda: rt)
    _drive(rt)
    app.worker_main(
        ["worker", "--pool=threads", f"--concurrency={concurrency}", "--without-gossip",
         "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]  # fmt: skip
    )


@click.command(name="beat")
def beat() -> None:
    """The beat: asks every few seconds what is due. Two of them do no harm."""
    loaded = settings()
    configure()
    rt = open_runtime(loaded)
    _drive(rt)
    app = celery_app(loaded, lambda: rt)
    app.Beat(loglevel="WARNING", quiet=True).run()


def celery_app(loaded: Loaded, runtime: Callable[[], Runtime]) -> Any:
    """The Celery app with its tasks bound to a runtime."""
    from workers.app import make_app
    from workers.tasks import add_tasks

    if loaded.settings.embedded_broker:
        raise Refused(
            "ROLLOUT_BROKER_URL is memory://, which lives in one process. "
            "Use `rollout up`, or set it to redis://HOST:6379/0."
        )
    app = make_app(loaded.settings.broker_url, loaded.settings.sweep_seconds)
    add_tasks(app, runtime)
    return app


@cache
def scaled_runtime() -> Runtime:
    """The runtime of a web process: it wakes couriers over the broker where there is one."""
    from workers.app import make_app
    from workers.tasks import nudger

    loaded = settings()
    rt = build_runtime(loaded.settings, open_store(loaded))
    if loaded.settings.embedded_broker:
        return rt
    return with_nudge(rt, nudger(make_app(loaded.settings.broker_url, loaded.settings.sweep_seconds)))


def _drive(rt: Runtime) -> None:
    if isinstance(rt.clock, DrivenClock):
        rt.clock.go_on()


COMMANDS = (up, migrate, web, worker, beat)
