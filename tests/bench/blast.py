"""The plain Python limit: smtplib hands over prebuilt bytes, nothing else. A process of its own.

python -m tests.bench.blast PORT FILE PROCESSES THREADS: says `ready`, waits for a line, sends every
letter of the file once, says `done`. The letters are loaded before it is ready.
"""

import multiprocessing
import pickle
import smtplib
import sys
import threading
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path

import click

from tests.bench.sinks import Letter


def keep(letters: Sequence[Letter], path: Path) -> None:
    """The letters as a file that the blast reads."""
    path.write_bytes(pickle.dumps([(o.sender, o.recipient, o.message) for o in letters]))


def main() -> None:
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    processes, threads = int(sys.argv[3]), int(sys.argv[4])
    letters = pickle.loads(path.read_bytes())
    context = multiprocessing.get_context("fork")
    start = context.Barrier(processes + 1)
    parts = [letters[number::processes] for number in range(processes)]
    workers = [context.Process(target=_process, args=(port, p, threads, start)) for p in parts]
    for worker in workers:
        worker.start()
    click.echo("ready")
    sys.stdin.readline()
    start.wait()
    for worker in workers:
        worker.join()
    click.echo("done")
    sys.exit(max(worker.exitcode or 0 for worker in workers))


def _process(port: int, part: list[tuple[str, str, bytes]], threads: int, start: Barrier) -> None:
    lanes = [part[number::threads] for number in range(threads)]
    running = [threading.Thread(target=_send, args=(port, lane)) for lane in lanes]
    start.wait()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def _send(port: int, lane: list[tuple[str, str, bytes]]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for sender, recipient, message in lane:
            connection.sendmail(sender, [recipient], message)


if __name__ == "__main__":
    main()
