"""The peers as contenders: what they are given, their processes, their time to the last letter."""

import email
import email.policy
import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

import psycopg
from celery import Celery

from tests.bench.bench import Bench
from tests.bench.couriers import LOOK, PATIENCE, Run, plain
from tests.bench.processes import Process, environment, until
from tests.bench.sinks import Letter

_PEERS = "tests.bench.peers"
CELERY = {"careful": "4", "naive": "4"}  # processes: the best of each, as measured before


@dataclass(frozen=True)
class Rivals:
    """Everything that the peers need; `queue` and `table` are databases that wait to be copied."""

    bench: Bench
    queue: str
    table: str
    letters: int
    celery_letters: int

    @property
    def python(self) -> str:
        assert self.bench.peers
        return self.bench.peers

    def post_office(self, port: int) -> Run:
        """django-post_office: two processes, from their start to the last letter."""
        command = (self.python, "-m", "django", "send_queued_mail", "--processes=2", "-l", "0")
        settings = {"DJANGO_SETTINGS_MODULE": f"{_PEERS}.django_settings"}
        waiting = "SELECT count(*) FROM post_office_email WHERE status IS DISTINCT FROM 0"
        with self.bench.databases.using(self.queue) as url:
            env = self.environment_of(url, port, **settings)
            return self._run(command, env, url, waiting, self.letters)

    def celery(self, kind: str, port: int) -> Run:
        """One Celery task a mail, `careful` or `naive`; the tasks wait in Redis already."""
        module = f"{_PEERS}.celery_{kind}"
        words = ("worker", "-c", CELERY[kind], "--loglevel", "WARNING", "--without-gossip")
        command = (self.python, "-m", "celery", "-A", module, *words, "--without-mingle")
        self.bench.redis.flush()
        with Celery(broker=self.bench.redis.url) as app:
            for number in range(1, self.celery_letters + 1):
                app.send_task(f"{module}.send", (number,))
        waiting = "SELECT count(*) FROM mail WHERE state <> 'sent'"
        with self.bench.databases.using(self.table) as url:
            env = self.environment_of(url, port)
            return self._run(command, env, url, waiting, self.celery_letters)

    def environment_of(self, url: str, port: int, **more: str) -> dict[str, str]:
        return environment(
            self.bench.folder,
            PEER_DATABASE=plain(url) if more else url,
            PEER_PORT=str(port),
            PEER_BROKER=self.bench.redis.url,
            PEER_TEMPLATES=str(self.bench.folder),
            **more,
        )

    def _run(
        self, command: Sequence[str], env: dict[str, str], url: str, waiting: str, letters: int
    ) -> Run:
        with psycopg.connect(plain(url), autocommit=True) as looking:

            def left() -> int:
                row = looking.execute(waiting).fetchone()
                assert row is not None
                return int(row[0])

            began = time.monotonic()
            process = Process(command, env, self.bench.folder)
            try:
                until(lambda: left() < letters, PATIENCE, f"a letter: {process.said()}", LOOK)
                first = time.monotonic() - began
                until(lambda: not left(), PATIENCE, f"the last letter: {process.said()}", LOOK)
                seconds = time.monotonic() - began
            finally:
                process.stop()
        assert process.usage is not None
        return Run(letters, seconds, first, process.usage[0], 0.0)


def prepare(bench: Bench, letters: Sequence[Letter]) -> Rivals:
    """The peers' databases, filled with the same letters. `bench.peers` must be there."""
    folder, databases = bench.folder, bench.databases
    taken = [_parts(letter) for letter in letters]
    (folder / "parts").write_bytes(pickle.dumps(taken))
    _, _, _, text, html = taken[0]
    for name, content in (("letter.txt", text), ("letter.html", html)):
        (folder / name).write_text(_as_template(content))
    tasks = min(bench.sizes.celery_letters, len(taken))
    rivals = Rivals(bench, databases.empty(), databases.empty(), len(taken), tasks)
    django = {"DJANGO_SETTINGS_MODULE": f"{_PEERS}.django_settings"}
    queued = rivals.environment_of(rivals.queue, 25, **django)
    tabled = rivals.environment_of(rivals.table, 25)
    parts = str(folder / "parts")
    for module, env, more in (
        ("post_office_queue", queued, ()),
        ("mail_table", tabled, (str(rivals.celery_letters),)),
    ):
        Process((rivals.python, "-m", f"{_PEERS}.{module}", parts, *more), env, folder).finish()
    return rivals


def _parts(letter: Letter) -> tuple[str, str, str, str, str]:
    message = email.message_from_bytes(letter.message, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert html
    subject = str(message["Subject"])
    return letter.sender, letter.recipient, subject, text.get_content(), html.get_content()


def _as_template(content: str) -> str:
    """The recorded letter with places for a name and a link."""
    return content.replace("{", "(").replace("Hello Eve", "Hello {{ name }}")
