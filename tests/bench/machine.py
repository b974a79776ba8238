"""On what the figures were measured: kinds and versions, no names and no places."""

import os
import platform
import re
import sqlite3
import subprocess

import psycopg

from rollout.wiring import machine_now
from tests.services import Redis
from tests.services.mailsink import find_sink
from tests.shared import ROOT


def facts(postgres_url: str, redis: Redis) -> dict[str, str]:
    """Date, commit, how busy others kept it, machine."""
    with psycopg.connect(postgres_url) as connection:
        version = connection.info.parameter_status("server_version") or "?"
    with redis.client() as client:
        told = client.info("server")
    assert isinstance(told, dict)
    return {
        "date": f"{machine_now():%Y-%m-%d %H:%M} UTC",
        "commit": _commit(),
        "load": f"{os.getloadavg()[0]:.1f} before it began",
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgres": f"{version.split()[0]} (durable: fsync and synchronous_commit on)",
        "sqlite": sqlite3.sqlite_version,
        "redis": str(told["redis_version"]),
        "sink": _sink(),
    }


def _commit() -> str:
    """The commit, and whether files differ from it; `unknown` outside a checkout."""
    words = ("git", "-C", str(ROOT))
    try:
        commit = subprocess.run(
            [*words, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(
            [*words, "status", "--porcelain", "--", *("campaigns", "guides", "workers", "rollout")],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}{' and uncommitted changes' if changed else ''}"


def _sink() -> str:
    done = subprocess.run(
        ["postconf", "-d", "mail_version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"= *(\S+)", done.stdout)
    find_sink()
    return f"Postfix smtp-sink {found[1] if found else ''}".strip()
