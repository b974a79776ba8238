"""A step of a playbook as people say it: who gets what, when."""

from datetime import time

ANCHORS = {
    "announced": "the start",
    "first_slot": "the first day on offer",
    "agreed": "the agreement",
    "opt_out": "the last day to say otherwise",
    "agreed_date": "the agreed day",
    "vendor_date": "the vendor's date",
    "last_action": "the last action",
}
ON = {"announced": "at the start", "agreed": "on the day of the agreement"}
AUDIENCES = {
    "decision_maker": "who decides",
    "site_contact": "site contact",
    "managers": "managers",
    "pilot": "pilot group",
    "vips": "VIPs",
    "all_users": "everybody",
    "users_not_ready": "who is not ready",
    "admins": "administrators",
    "admins_not_ready": "administrators not ready",
    "told_other_day": "who was told another day",
    "provider": "us",
}
STOPS = {
    "never": "",
    "done": "not to those who are ready",
    "agreed": "only until a date is agreed",
}


def when(anchor: str, offset: int, business: bool, at: time | None) -> str:
    """`30 days before the agreed day, 09:00`; times are the customer's."""
    name = ANCHORS[anchor]
    clock = f", {at:%H:%M}" if at is not None else ""
    if offset == 0 and at is None:
        return f"at once after {name}"
    if offset == 0:
        return ON.get(anchor, f"on {name}") + clock
    unit = "working day" if business else "day"
    many = f"{abs(offset)} {unit}{'s' if abs(offset) != 1 else ''}"
    return f"{many} {'before' if offset < 0 else 'after'} {name}{clock}"


def audience(word: str) -> str:
    """`who decides` for `decision_maker`."""
    return AUDIENCES[word]


def stop(word: str) -> str:
    """When nobody needs the step any more; empty where everybody does."""
    return STOPS[word]
