"""Ways to send a letter: an SMTP server, a folder, or a list in memory."""

import os
import re
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from workers.outcome import Envelope, Kind, Mailer, MailSession, Outcome, Pause, Steps
from workers.smtp import SmtpMailer, Tls

__all__ = [
    "Envelope",
    "FolderMailer",
    "Kind",
    "MailSession",
    "Mailer",
    "MemoryMailer",
    "NoMailer",
    "Outcome",
    "SmtpMailer",
    "mailer_from",
]

_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1", re.IGNORECASE)
_SHAPE = (
    "The mail setting must be smtp://user:password@host:port?tls=starttls, smtps://host, "
    "folder:DIRECTORY or mailbox:"
)


STOPPED = Outcome("aborted", None, "Stopped before the end of the letter.")


class FolderMailer(MailSession):
    """One `<delivery>.eml` a letter. A second hand-over of the same delivery changes nothing.

    Files are for their owner only: letters carry personal links.
    """

    server = "folder"
    patience = 30.0

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @contextmanager
    def session(self) -> Iterator["FolderMailer"]:
        yield self

    def steps(self, envelope: Envelope) -> Steps:
        """Raises ValueError when the delivery cannot be a file name."""
        if not _FILE_NAME.fullmatch(envelope.delivery):
            raise ValueError(f"{envelope.delivery!r} cannot be the name of a file.")
        final = self.directory / f"{envelope.delivery}.eml"
        if final.exists():
            return Outcome("accepted", 250, f"Was handed over before, to {final}")
        try:
            draft = self._draft(envelope.message)
        except OSError as trouble:
            return Outcome("host_down", None, f"Cannot write to {self.directory}: {trouble}")
        try:
            if not (yield Pause.MARK):
                return STOPPED
            return self._place(draft, final)
        finally:
            draft.unlink(missing_ok=True)

    def _place(self, draft: Path, final: Path) -> Outcome:
        """A rename is whole or not at all, so even after the mark a failure is certain."""
        try:
            draft.replace(final)
        except OSError as trouble:
            return Outcome("host_down", None, f"Cannot write to {self.directory}: {trouble}")
        return Outcome("accepted", 250, f"Written to {final}")

    def _draft(self, message: bytes) -> Path:
        self.directory.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.directory, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(message)
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            raise
        return Path(name)


class NoMailer(MailSession):
    """Takes every letter and keeps none: for rehearsals."""

    server = "nowhere"
    patience = 30.0

    @contextmanager
    def session(self) -> Iterator["NoMailer"]:
        yield self

    def steps(self, envelope: Envelope) -> Steps:
        if not (yield Pause.MARK):
            return STOPPED
        return Outcome("accepted", 250, f"Rehearsed: {envelope.delivery}")


class MemoryMailer(MailSession):
    """Keeps letters in a list. For tests.

    `script` says what becomes of the next letters, in order; after it everything is accepted.
    Refused, later and host_down end before the mark, accepted and uncertain after it.
    """

    server = "memory"
    patience = 30.0

    def __init__(self, script: Iterable[Outcome] = ()) -> None:
        self.letters: list[Envelope] = []
        self._script = deque(script)
        self._lock = threading.Lock()

    @contextmanager
    def session(self) -> Iterator["MemoryMailer"]:
        yield self

    def steps(self, envelope: Envelope) -> Steps:
        with self._lock:
            scripted = bool(self._script)
            outcome = self._script.popleft() if scripted else Outcome("accepted", 250, "Kept")
        if outcome.kind in ("refused", "later", "host_down"):
            return outcome
        if not (yield Pause.MARK):
            return STOPPED
        if outcome.kind == "accepted":
            self.letters.append(envelope)
        return outcome


def mailer_from(url: str, data_dir: Path) -> Mailer:
    """The mailer that a setting names.

    `smtp://[user:password@]host[:port][?tls=starttls|implicit|none][&timeout=SECONDS]`,
    `smtps://...` (implicit TLS), `folder:DIR`, or `mailbox:` (the folder `mailbox` in `data_dir`).
    Without `tls`, smtp means STARTTLS, on a loopback host none. Without a port: 465 with
    implicit TLS, 587 with a user, else 25.

    Raises ValueError with one sentence that never holds the password.
    """
    if url == "mailbox:":
        return FolderMailer(data_dir / "mailbox")
    if url.startswith("folder:"):
        if not url.removeprefix("folder:"):
            raise ValueError("folder: needs a directory, such as folder:/var/mail/rollout.")
        return FolderMailer(Path(url.removeprefix("folder:")).expanduser())
    return _smtp(url)


def _smtp(url: str) -> SmtpMailer:
    """Nothing of `url` is quoted in an error: with a stray `/` or `#` any piece can be a secret."""
    try:
        parts = urlsplit(url)
        port = parts.port
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError(f"{_SHAPE}. Write other signs in a password as %XX.") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(f"{_SHAPE}.")
    if parts.path not in ("", "/") or parts.fragment or not query.keys() <= {"tls", "timeout"}:
        raise ValueError(f"{_SHAPE}. Write / ? and # in a password as %2F %3F and %23.")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password is not None else None
    if password is not None and user is None:
        raise ValueError("The mail setting has a password but no user name before it.")
    tls = _tls(parts, query.get("tls", []))
    standard = 465 if tls == "implicit" else 587 if user else 25
    return SmtpMailer(
        parts.hostname, port or standard, user, password, tls, _timeout(query.get("timeout", []))
    )


def _tls(parts: SplitResult, given: list[str]) -> Tls:
    if parts.scheme == "smtps":
        if given not in ([], ["implicit"]):
            raise ValueError("smtps:// is implicit TLS already; leave tls= away.")
        return "implicit"
    if not given:
        return "none" if _LOOPBACK.fullmatch(parts.hostname or "") else "starttls"
    if given not in (["none"], ["starttls"], ["implicit"]):
        raise ValueError("tls= in the mail setting must be starttls, implicit or none.")
    return cast("Tls", given[0])


def _timeout(given: list[str]) -> float:
    if not given:
        return 30.0
    if len(given) != 1 or not re.fullmatch(r"\d{1,4}(?:\.\d+)?", given[0]) or float(given[0]) == 0:
        raise ValueError("timeout= in the mail setting must be a number of seconds above 0.")
    return float(given[0])
