"""A second database of time zones: one zone with other rules, as the next release may bring."""

import struct
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rollout.wiring import pin_time_zones


def tzif(rule: str, offset: int = 0) -> bytes:
    """A TZif file of version 2 (RFC 9636) without transitions: all follows the POSIX `rule`."""
    header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = struct.pack(">lbB", offset, 0, 0) + b"LMT\0"
    return header + block + header + block + b"\n" + rule.encode() + b"\n"


@contextmanager
def rules(folder: Path, **zones: str) -> Iterator[None]:
    """Inside, zones follow these rules: `Europe__Berlin="CET-1"`; all others the package's."""
    for name, rule in zones.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tzif(rule))
    zoneinfo.reset_tzpath((str(folder),))
    zoneinfo.ZoneInfo.clear_cache()
    try:
        yield
    finally:
        pin_time_zones()
