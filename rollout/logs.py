"""Logs: one line an event, as JSON on stderr; no tokens, no secrets, no forged lines."""

import logging
import sys
from typing import Any

import structlog
from gunicorn.glogging import Logger

from rollout.security import redacted


def configure(level: str = "INFO") -> None:
    """JSON lines: line breaks in values are escaped, so nobody can forge a line."""
    number = logging.getLevelNamesMapping()[level]
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without local variables: they hold passwords and tokens.
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


class GunicornLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Access lines without the tokens of customers' and people's links."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {
            key: redacted(value) if isinstance(value, str) else value
            for key, value in found.items()
        }
