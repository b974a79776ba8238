"""python -m tests.bench: every figure of docs/bench.md, measured anew."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from rollout.wiring import pin_time_zones
from tests.bench import (
    agreeing,
    claims,
    growth,
    handover,
    imports,
    machine,
    memory,
    page,
    pages,
    plan,
    proposing,
    rehearsal,
)
from tests.bench.bench import FULL, QUICK, TINY, Bench, Sizes
from tests.bench.couriers import plain
from tests.bench.databases import Databases
from tests.bench.figures import Figure
from tests.bench.peers.environment import peers_python
from tests.bench.tree import make_tree
from tests.services import postgres, redis
from tests.shared import ROOT


def _pages(bench: Bench) -> Iterator[Figure]:
    yield from pages.measure(bench)
    yield from agreeing.measure(bench)


PARTS: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "handover": handover.measure,
    "plan": plan.measure,
    "claims": claims.measure,
    "import": imports.measure,
    "pages": _pages,
    "growth": growth.measure,
    "memory": memory.measure,
    "rehearsal": rehearsal.measure,
    "proposing": proposing.measure,
}
SIZES: dict[str, Sizes] = {"full": FULL, "quick": QUICK, "tiny": TINY}


@click.command()
@click.option("--only", default=",".join(PARTS), show_default=True, help="Parts, with commas.")
@click.option("--size", type=click.Choice(list(SIZES)), default="full", show_default=True)
@click.option("--quick", "size", flag_value="quick", help="Small sizes, fewer rounds.")
@click.option("--json", "json_path", default=str(ROOT / ".work" / "bench.json"))
@click.option("--page", "page_path", default=str(ROOT / "docs" / "bench.md"))
@click.option("--peers/--no-peers", default=True, help="Measure the peers, too.")
def main(only: str, size: str, json_path: str, page_path: str, peers: bool) -> None:
    """Measure, print the table, write the JSON file and the page. Exit 1 for a missed target."""
    chosen = [name.strip() for name in only.split(",") if name.strip()]
    if unknown := set(chosen) - set(PARTS):
        raise click.UsageError(f"No such part: {', '.join(unknown)}. Use {', '.join(PARTS)}.")
    done: dict[str, page.Part] = {}
    with _bench(SIZES[size], peers) as (bench, url):
        told = machine.facts(plain(url), bench.redis)
        for name in chosen:
            done[name] = page.Part(told, size, _measured(bench, name))
            # After each part: a long run that is stopped has not been for nothing.
            parts = page.merged(Path(json_path), done, PARTS)
            page.write_json(Path(json_path), parts)
            if size != "tiny":
                Path(page_path).write_text(page.as_markdown(parts.values()))
    figures = [figure for part in done.values() for figure in part.figures]
    click.echo(page.as_table(figures))
    missed = [figure for figure in figures if figure.met is False]
    click.echo(f"{len(figures)} figures, {len(missed)} targets missed.")
    sys.exit(bool(missed))


def _measured(bench: Bench, name: str) -> list[Figure]:
    began = time.monotonic()
    found = []
    for figure in PARTS[name](bench):
        found.append(figure)
        bench.say(page.as_table([figure]).splitlines()[-1])
    bench.say(f"{name} took {time.monotonic() - began:.0f} s")
    return found


@contextmanager
def _bench(sizes: Sizes, peers: bool) -> Iterator[tuple[Bench, str]]:
    pin_time_zones()

    def say(words: str) -> None:
        click.echo(words, err=True)

    python = _peers(say) if peers else None
    with (
        tempfile.TemporaryDirectory(prefix="rollout-bench-") as named,
        postgres(durable=True, own=True) as server,
        redis(own=True) as broker,
    ):
        folder = Path(named)
        databases = Databases(server, folder)
        tree = make_tree(folder)
        yield Bench(folder, databases, broker, sizes, tree, python, say), server.url("postgres")


def _peers(say: Callable[[str], None]) -> str | None:
    try:
        return peers_python(say)
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"The peers cannot be installed, so they are left out: {error}")
        return None


if __name__ == "__main__":
    main()
