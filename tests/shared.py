"""Where the shared corpora lie, if this checkout stands beside them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def shared(*parts: str) -> Path | None:
    """The path below `../shared`, or None where the project stands alone."""
    path = ROOT.parent.joinpath("shared", *parts)
    return path if path.exists() else None
