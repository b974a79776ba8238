"""The pages, one file a station."""

from flask import Blueprint

from rollout.pages import health, sign_in


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of the pages."""
    return (health.pages, sign_in.pages)
