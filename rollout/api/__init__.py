"""The JSON API, one file a station."""

from flask import Blueprint

from rollout.api.openapi import APIS


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of the API; paths begin with /api/."""
    return tuple(api.blueprint for api in APIS)
