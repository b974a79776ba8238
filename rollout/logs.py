"""Logs: one line an event, as JSON on stderr; no tokens, no secrets, no forged lines.

Every line of ours and of the libraries passes through `clean`: what looks like a secret is left
out, and what could begin a line or move a terminal's cursor is written as its number.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

import structlog

from rollout.redaction import redacted

HIDDEN = "[hidden]"
LONGEST = 4000
# Fields whose value is never written, whatever they are part of.
SECRET = re.compile(r"(?i)passw|secret|token|cookie|authori[sz]ation|csrf|nonce|api_?key|dkim_?key")
# `password=...`, `Cookie: ...` inside a text; a cookie or credential goes on to the end.
NAMED = re.compile(
    r"(?i)\b((?:set-)?cookie|authorization)(\s*[:=]\s*)[^\r\n]+|"
    r"\b([\w-]*(?:passw(?:or)?d|secret|token|nonce|api_?key)[\w-]*)(\"?'?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)"
)
LOGIN = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@\"']*@")
BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}")
# What SQLAlchemy adds to its errors: the values of the statement, addresses among them.
VALUES = re.compile(r"\[parameters: .*?(?:\]\s*(?=\(Background|$)|$)", re.DOTALL)
# C0 and C1 controls, line and paragraph separators, and what turns the direction of a text.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# A bare word: none of the patterns above can begin in it. Most of every line is made of these.
HARMLESS = re.compile(r"[A-Za-z0-9_.+-]{0,64}")


def configure(level: str = "INFO") -> None:
    """JSON lines for our own events and for what the libraries say from WARNING on."""
    number = logging.getLevelNamesMapping()[level]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.configure(
        processors=[*_processors(), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def clean(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A structlog processor: the same event, fit to be written."""
    return {plain(str(name)): _fit(str(name), value) for name, value in event.items()}


def plain(text: str) -> str:
    """One line of text without secrets and without anything that a terminal would obey."""
    if HARMLESS.fullmatch(text):
        return text
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}... ({len(text)} characters)"
    text = NAMED.sub(_named, redacted(text))
    text = BEARER.sub(rf"\1 {HIDDEN}", LOGIN.sub(rf"\1{HIDDEN}@", text))
    text = VALUES.sub(f"[parameters: {HIDDEN}]", text)
    return UNSEEN.sub(lambda found: f"\\x{ord(found.group()):02x}", text)


def _processors() -> list[Any]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Without local variables: they hold passwords and tokens.
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ),
        clean,
    ]


def formatter() -> logging.Formatter:
    """What the libraries say through the standard library, as lines like ours."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_processors(),
            structlog.processors.JSONRenderer(),
        ],
    )


def _named(found: re.Match[str]) -> str:
    name, between = (found[1], found[2]) if found[1] else (found[3], found[4])
    return f"{name}{between}{HIDDEN}"


@lru_cache(maxsize=512)
def _names_secret(name: str) -> bool:
    return SECRET.search(name) is not None


def _fit(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _names_secret(name):
        return HIDDEN
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return {plain(str(key)): _fit(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_fit(name, inner) for inner in value]
    return plain(str(value))
