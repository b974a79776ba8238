"""Servers for tests: Postgres, Redis and mail sinks that start, stop and leave nothing behind."""

from tests.services.mailsink import SmtpSink, smtp_sink
from tests.services.postgres_server import Postgres, postgres
from tests.services.pysink import PythonSink, Received, Step
from tests.services.redis_server import Redis, redis

__all__ = [
    "Postgres",
    "PythonSink",
    "Received",
    "Redis",
    "SmtpSink",
    "Step",
    "postgres",
    "redis",
    "smtp_sink",
]
