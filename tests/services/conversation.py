"""One SMTP conversation of a mail sink (RFC 5321), following its book."""

import base64
import socket
from contextlib import suppress
from typing import IO

from tests.services.book import Book, Received, Step

_SILENCE = 30.0


class _HangUp(Exception):
    """The conversation ends here."""


class Conversation:
    def __init__(self, connection: socket.socket, book: Book) -> None:
        self.connection, self.book = connection, book
        self.number = book.enter()
        self._secured = False
        self._sender: str | None = None
        self._recipients: list[str] = []

    def hold(self) -> None:
        """Talk until one side hangs up."""
        self.connection.settimeout(_SILENCE)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(_HangUp, OSError):
            self._reader = self._read_from_start()
            self._answer("CONNECT", 220, "sink ready")
            while line := self._reader.readline(4096):
                self._command(line.decode("latin-1").rstrip("\r\n"))
        with suppress(OSError):
            self.connection.close()

    def end(self) -> None:
        """From another thread: make the conversation find its end."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _read_from_start(self) -> IO[bytes]:
        return self._secure() if self.book.offers.implicit else self.connection.makefile("rb")

    def _secure(self) -> IO[bytes]:
        assert self.book.offers.tls is not None
        self.connection = self.book.offers.tls.wrap_socket(self.connection, server_side=True)
        self._secured = True
        return self.connection.makefile("rb")

    def _command(self, line: str) -> None:
        self.book.commands.append((self.number, line))
        verb, _, rest = line.partition(" ")
        known = {
            "EHLO": self._ehlo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "QUIT": self._quit,
        }
        act = known.get(verb.upper())
        if act is None:
            self._answer(verb.upper(), 250 if verb.upper() in ("HELO", "NOOP") else 500, "sink")
        else:
            act(rest)

    def _answer(self, phase: str, code: int, text: str) -> int | None:
        """Do what the book says, usually reply `code`; what was replied. May hang up."""
        step = self.book.step(phase, code, text)
        self._reply(step)
        return step.code

    def _reply(self, step: Step) -> None:
        if step.code is not None:
            self._say(f"{step.code} {step.text}")
        if step.drop:
            raise _HangUp

    def _say(self, *lines: str) -> None:
        self.connection.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def _ehlo(self, _: str) -> None:
        offers = self.book.offers
        can = ["250-PIPELINING"] if offers.pipelining else []
        can += ["250-STARTTLS"] if offers.tls is not None and not self._secured else []
        can += ["250-AUTH PLAIN LOGIN"] if offers.users else []
        step = self.book.step("EHLO", 250, "8BITMIME")
        if step.code == 250:
            self._say("250-sink", *can)
        self._reply(step)

    def _starttls(self, _: str) -> None:
        if self._answer("STARTTLS", 220 if self.book.offers.tls else 502, "now") == 220:
            self._reader = self._secure()

    def _auth(self, rest: str) -> None:
        way, _, first = rest.partition(" ")
        if way.upper() == "PLAIN":
            _, user, password = base64.b64decode(first or self._ask("")).decode().split("\0")
        else:
            user = base64.b64decode(first or self._ask("VXNlcm5hbWU6")).decode()
            password = base64.b64decode(self._ask("UGFzc3dvcmQ6")).decode()
        good = self.book.offers.users.get(user) == password
        self._answer("AUTH", 235 if good else 535, "in" if good else "no")

    def _ask(self, challenge: str) -> bytes:
        self._say(f"334 {challenge}")
        return self._reader.readline(4096).strip()

    def _mail(self, rest: str) -> None:
        if self._sender is not None:
            self._say("503 nested MAIL")
        elif self._answer("MAIL", 250, "sender fine") == 250:
            self._sender = _address(rest)

    def _rcpt(self, rest: str) -> None:
        if self._sender is None:
            self._say("503 MAIL first")
        elif self._answer("RCPT", 250, "recipient fine") in (250, 251):
            self._recipients.append(_address(rest))

    def _rset(self, _: str) -> None:
        self._sender, self._recipients = None, []
        self._answer("RSET", 250, "forgotten")

    def _quit(self, _: str) -> None:
        self._answer("QUIT", 221, "goodbye")
        raise _HangUp

    def _data(self, _: str) -> None:
        usual = (354, "go on") if self._recipients else (554, "nobody to send it to")
        if self._answer("DATA", *usual) == 354:
            self._keep(self._letter())

    def _letter(self) -> bytes:
        lines: list[bytes] = []
        try:
            while (line := self._reader.readline()) != b".\r\n":
                if not line:
                    raise _HangUp
                lines.append(line[1:] if line.startswith(b".") else line)
                if len(lines) == 1:
                    self._interrupt()
        except (_HangUp, OSError):
            self.book.unfinished.append(b"".join(lines))
            raise
        return b"".join(lines)

    def _interrupt(self) -> None:
        """At the first line of a letter: nothing, unless the book says so."""
        step = self.book.step("BODY", 0, "")
        if step.code != 0:
            self._reply(step)

    def _keep(self, message: bytes) -> None:
        """Write the letter down before the reply, so that who has the reply can look."""
        step = self.book.step(".", 250, "kept")
        people = (self._sender or "", tuple(self._recipients))
        self._sender, self._recipients = None, []
        self.book.received.append(Received(*people, message, step.code, self.number))
        self._reply(step)


def _address(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]
