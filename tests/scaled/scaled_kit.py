"""An installation as an operator runs it: real commands, real processes, real servers."""

import email
import email.policy
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from tests.services.process import free_port

ROLLOUT = Path(sys.executable).parent / "rollout"
CUSTOMERS = "name,domain,timezone,country,locale\n"
CONTACTS = "customer,name,email,role\n"


class Process:
    """One command of ours that goes on until it is told to stop."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        self.words = words
        self.log = folder / f"{'-'.join(words[:1])}-{free_port()}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [ROLLOUT, *words],
                env=dict(env),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def alive(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, by: signal.Signals = signal.SIGTERM, within: float = 10.0) -> int:
        """Signal it; its exit code. Fails where it does not end in time."""
        self._process.send_signal(by)
        try:
            return self._process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.words} goes on after {within} s: {self.said()}") from None

    def end(self) -> None:
        """Away with it and with all that it started, whatever its state."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Installation:
    """A folder, the settings of its environment, and what runs in it."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder = folder
        self.mail = folder / "mail"
        self.env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "ROLLOUT_DATA": str(folder / "data"),
            "ROLLOUT_MAIL": f"folder:{self.mail}",
            "ROLLOUT_ACTOR": "ada@harbor.example",
            **env,
        }
        self.running: list[Process] = []

    def run(self, *words: str) -> str:
        """One command to its end; what it printed. Fails where it is refused."""
        return self._done(words, 0).stdout

    def refused(self, *words: str) -> str:
        """What a command that must not work says on stderr."""
        return self._done(words, 1).stderr

    def _done(self, words: Sequence[str], code: int) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [ROLLOUT, *words],
            env=self.env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done

    def start(self, *words: str) -> Process:
        process = Process(words, self.env, self.folder)
        self.running.append(process)
        return process

    def end(self) -> None:
        for process in self.running:
            process.end()

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def open_campaign(self, customers: str, contacts: str, needed: date) -> None:
        """Staff, customers and their people by the command line; a campaign that runs."""
        message = {
            "id": "MC100001",
            "title": "Multifactor authentication for everyone",
            "actionRequiredByDateTime": f"{needed}T07:00:00Z",
            "lastModifiedDateTime": "2024-08-15T16:28:23Z",
            "body": {"contentType": "html", "content": "<p>A second step is needed.</p>"},
        }
        self.run("staff", "add", "ada@harbor.example", "--role", "admin")
        self.run("staff", "add", "bo@harbor.example", "--role", "approver")
        self.run("customers", "import", self.file("customers.csv", CUSTOMERS + customers))
        self.run("contacts", "import", self.file("contacts.csv", CONTACTS + contacts))
        self.run("changes", "import", self.file("messages.json", json.dumps([message])))
        self.run("campaigns", "open", "--change", "MC100001", "--name", "MFA")
        self.run("campaigns", "approve", "MFA", "--as", "bo@harbor.example")
        self.run("campaigns", "start", "MFA")

    def letters(self) -> list[EmailMessage]:
        """Every letter that has left so far."""
        found = []
        for path in sorted(self.mail.glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found


def within(seconds: float, ready: Callable[[], object], what: str) -> None:
    """Wait until `ready()`; fails with `what` where that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds} s: {what}")
        time.sleep(0.05)


def answer(port: int, path: str) -> int:
    """The status of a page; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
