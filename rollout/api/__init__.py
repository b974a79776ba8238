"""The JSON API, one file a station."""

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of the API; paths begin with /api/."""
    return ()
