"""How long one thing took."""

import time
from collections.abc import Callable


def seconds(what: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def same(value: float) -> float:
    """The run of a contender that is a number already."""
    return value


def inverse(value: float) -> float:
    """Seconds as a rate: whatever was done, a second."""
    return 1 / value
