"""A relay that thinks before it takes a letter, in a process of its own.

python -m tests.bench.relay MILLISECONDS: says `port N`; after each final dot it waits that long
before it answers 250. Pipelining is offered. On a line from its standard input it says
`letters N connections M`: what it took, and the most that were open at once.
"""

import asyncio
import sys

import click

_GREETING = b"250-relay\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class Relay:
    """Counts, and one conversation a connection."""

    def __init__(self, wait: float) -> None:
        self.wait = wait
        self.letters = 0
        self.open = 0
        self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay ESMTP\r\n")
        try:
            while line := await reader.readline():
                if not await self._answer(line[:4].upper().rstrip(), reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, verb: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            self.open += 1
            self.most = max(self.most, self.open)
            await reader.readuntil(b"\r\n.\r\n")
            await asyncio.sleep(self.wait)
            self.open -= 1
            self.letters += 1
        writer.write(_GREETING if verb == b"EHLO" else b"250 2.0.0 fine\r\n")
        return verb != b"QUIT"


async def _main(wait: float) -> None:
    relay = Relay(wait)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0, limit=1 << 20, backlog=512)
    click.echo(f"port {server.sockets[0].getsockname()[1]}")
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        click.echo(f"letters {relay.letters} connections {relay.most}")
        relay.letters = relay.most = 0


if __name__ == "__main__":
    asyncio.run(_main(float(sys.argv[1]) / 1000))
