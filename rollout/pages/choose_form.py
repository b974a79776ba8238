"""What customers' forms say, checked field by field. Raises Invalid, which names the field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from campaigns.errors import Invalid

MONTH = re.compile(r"\d{4}-\d{2}")
WHEN = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
KEY = re.compile(r"[0-9a-f]{32}")
LONGEST_NAME, LONGEST_ROLE, LONGEST_TEXT = 200, 100, 2000


@dataclass(frozen=True, slots=True)
class Choice:
    """A day and a time at the customer's place."""

    day: date
    at: time

    @property
    def value(self) -> str:
        """As radio buttons and addresses carry it: `2026-12-08T18:00`."""
        return f"{self.day.isoformat()}T{self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who confirms, which version of the rollout they saw, and the key of their form."""

    name: str
    role: str
    key: str
    version: int


def month(arguments: Mapping[str, str]) -> date | None:
    """The month in `?month=2026-12`; None for anything else, which is no reason to refuse."""
    text = arguments.get("month", "")
    try:
        return date.fromisoformat(f"{text}-01") if MONTH.fullmatch(text) else None
    except ValueError:
        return None


def seen(arguments: Mapping[str, str]) -> Choice | None:
    """The choice that somebody looked at and did not confirm, `?seen=2026-12-08T18:00`."""
    try:
        return _choice(arguments.get("seen", ""))
    except Invalid:
        return None


def choice(form: Mapping[str, str]) -> Choice:
    """The radio button that was pressed."""
    text = form.get("when", "")
    if not text:
        raise Invalid("Choose a day and a time first.", "no_choice", "when")
    return _choice(text)


def signature(form: Mapping[str, str]) -> Signature:
    """Name and role must be there; the rest comes from the page itself."""
    name = line(form.get("name", ""), LONGEST_NAME)
    role = line(form.get("role", ""), LONGEST_ROLE)
    if not name:
        raise Invalid("Write your name, so that everybody knows who chose.", "no_name", "name")
    if not role:
        raise Invalid("Write your role, for example owner or office manager.", "no_role", "role")
    return Signature(name, role, _key(form), _version(form))


def sure(
    form: Mapping[str, str], untold: str = "Tick the box if the date is to be cancelled."
) -> Signature:
    """A signature under something that cannot be meant by chance: a box must be ticked."""
    if form.get("sure") != "yes":
        raise Invalid(untold, "not_sure", "sure")
    return signature(form)


def as_sent(form: Mapping[str, str]) -> tuple[str, str, str]:
    """Name, role and key as they came, for showing the form again."""
    key = form.get("key", "")
    return form.get("name", ""), form.get("role", ""), key if KEY.fullmatch(key) else ""


def text(form: Mapping[str, str], missing: str) -> str:
    """The text of a question; `missing` is said where there is none."""
    found = prose(form.get("text", ""))
    if not found:
        raise Invalid(missing, "no_text", "text")
    return found


def line(value: str, longest: int) -> str:
    """One line without control characters, as somebody would write it on paper."""
    plain = "".join(letter if letter.isprintable() else " " for letter in value)
    return " ".join(plain.split())[:longest].strip()


def prose(value: str) -> str:
    """Lines of text without other control characters."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line(one, LONGEST_TEXT) for one in lines).strip()[:LONGEST_TEXT]


def _choice(value: str) -> Choice:
    try:
        if not WHEN.fullmatch(value):
            raise ValueError
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Invalid("Choose one of the times on this page.", "no_choice", "when") from None
    return Choice(moment.date(), moment.time())


def _key(form: Mapping[str, str]) -> str:
    if not KEY.fullmatch(form.get("key", "")):
        raise Invalid("This form is incomplete. Choose the day again.", "incomplete", "when")
    return form["key"]


def _version(form: Mapping[str, str]) -> int:
    value = form.get("version", "")
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise Invalid("This form is incomplete. Choose the day again.", "incomplete", "when")
    return int(value)
