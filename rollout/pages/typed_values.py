"""Numbers, days and times that somebody typed, checked; refusals name the field."""

from datetime import date, time

from flask import request

from campaigns.errors import Invalid
from rollout.parse.moment import parse_day, parse_time

BIGGEST = 2**63 - 1  # what a key of the database can hold
KEY = f"int(max={BIGGEST})"  # for URL rules: f"/customers/<{KEY}:customer_id>"
YEARS = range(2000, 2101)


def number(name: str, label: str) -> int:
    """A whole number from a form, such as a key in a hidden field. Raises Invalid."""
    found = as_key(request.form.get(name, ""))
    if found is None:
        raise Invalid(f"{label}: choose one from the list.", "no_number", name)
    return found


def asked_number(name: str) -> int | None:
    """A whole number of the query string; None for anything else."""
    return as_key(request.args.get(name, ""))


def as_key(text: str) -> int | None:
    """The number that the digits say; None for anything else, and for what no key can be."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    return int(text) if int(text) <= BIGGEST else None


def day(name: str, label: str) -> date:
    """A day of this century as a date field sends it. Raises Invalid."""
    text = request.form.get(name, "").strip()
    if not text:
        raise Invalid(f"{label} is missing.", "missing", name)
    try:
        found = parse_day(text[:40])
    except Invalid as problem:
        raise Invalid(problem.message, "not_a_day", name) from None
    if found.year not in YEARS:
        raise Invalid(f"{label}: check the year, {found.year}.", "not_a_day", name)
    return found


def clock_time(name: str) -> time:
    """A time of day as a time field sends it. Raises Invalid."""
    try:
        return parse_time(request.form.get(name, "")[:20])
    except Invalid as problem:
        raise Invalid(problem.message, "not_a_time", name) from None
