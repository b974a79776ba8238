"""A small SMTP server in threads that does as it is told, phase by phase, and keeps what it got.

For everyday tests: it needs no Postfix, and it can do what no honest server does.
"""

import socketserver
import threading
from collections.abc import Callable, Mapping
from ssl import SSLContext
from types import TracebackType
from typing import Self

from tests.services.book import Book, Offers, Received, Script, Step
from tests.services.conversation import Conversation

__all__ = ["PythonSink", "Received", "Step"]

_ENDING = 2.0


class PythonSink(Book):
    """`with PythonSink({"RCPT": Step(450)}) as sink:` listens on a free loopback port.

    Phases: CONNECT EHLO STARTTLS AUTH RSET MAIL RCPT DATA BODY . QUIT; BODY is the first
    line of a letter, where an honest server is silent. `watch` is called in the
    sink's thread with each phase before it is answered. After the block, `received`,
    `unfinished` (letters cut off before the dot) and `commands` are complete.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        pipelining: bool = False,
        users: Mapping[str, str] | None = None,
        tls: SSLContext | None = None,
        implicit: bool = False,
        watch: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(script, Offers(pipelining, users or {}, tls, implicit), watch)
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.end_conversations(_ENDING)
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, book: Book) -> None:
        self.book = book
        self.open: dict[threading.Thread, Conversation] = {}
        super().__init__(("127.0.0.1", 0), _Handler)

    def end_conversations(self, patience: float) -> None:
        """Let clients that have left be noticed; cut off those that stay."""
        for thread, conversation in list(self.open.items()):
            thread.join(patience)
            conversation.end()


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        conversation = Conversation(self.request, self.server.book)
        self.server.open[threading.current_thread()] = conversation
        try:
            conversation.hold()
        finally:
            del self.server.open[threading.current_thread()]
