"""A connection to a mail server, as far as the greeting, TLS and the sign-in."""

import smtplib
import socket
import ssl
from typing import TYPE_CHECKING

from workers.wire import Replies, greeting_name

if TYPE_CHECKING:
    from workers.smtp import SmtpMailer

_PLACEHOLDER = "localhost"


def dial(server: "SmtpMailer") -> smtplib.SMTP:
    """Raises what `workers.wire.TROUBLE` names."""
    if server.tls == "implicit":
        return smtplib.SMTP_SSL(
            server.host,
            server.port,
            _PLACEHOLDER,
            timeout=server.timeout,
            context=server.context or ssl.create_default_context(),
        )
    return smtplib.SMTP(server.host, server.port, _PLACEHOLDER, timeout=server.timeout)


def greet(server: "SmtpMailer", wire: smtplib.SMTP) -> None:
    """EHLO, TLS and the sign-in. Raises TROUBLE, and ValueError for a password outside ASCII."""
    assert wire.sock is not None
    # Nagle would hold the final dot back until the body is acknowledged, about 40 ms a letter.
    wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wire.local_hostname = greeting_name(wire.sock)
    wire.ehlo_or_helo_if_needed()
    if server.tls == "starttls":
        wire.starttls(context=server.context or ssl.create_default_context())
        wire.ehlo_or_helo_if_needed()
    if server.user is not None:
        wire.login(server.user, server.password or "")
    wire.file = Replies(wire.sock)
