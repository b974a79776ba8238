"""What the customer's page shows, put in order for reading; nothing is looked up here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from campaigns.boards.customer import ROLES, CustomerView, Happening, PersonLine, RolloutView
from campaigns.models import Contact, JournalEntry, Task
from campaigns.phone import PhoneOffer
from rollout import show
from rollout.pages.words import LEVELS

FEW = 100  # people of one state, or contacts, that are shown unless all are asked for
GLANCE = 12  # people of one state whose list stands open
READINESS = (
    ("not_done", "not ready"),
    ("unknown", "unknown"),
    ("excepted", "excepted"),
    ("done", "ready"),
)


@dataclass(frozen=True, slots=True)
class SentLetter:
    """One person's letter of a step."""

    public_id: str
    person: str
    state: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline; `when` is the customer's own time."""

    at: datetime
    when: str
    kind: str
    title: str
    detail: str
    letters: Sequence[SentLetter]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task, called without the customer's name, which the page says already."""

    task: Task
    title: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person's readiness in words."""

    line: PersonLine
    level: str
    since: str
    says: str


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one state; `hidden` were left out of `people`. Short lists stand open."""

    state: str
    label: str
    count: int
    people: Sequence[Person]
    hidden: int
    stands_open: bool


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts with their roles in words; `hidden` more have none."""

    named: Sequence[tuple[Contact, str]]
    others: Sequence[tuple[Contact, str]]
    hidden: int


@dataclass(frozen=True, slots=True)
class Section:
    """One campaign at this customer."""

    view: RolloutView
    offer: PhoneOffer
    agreed: str
    past: Sequence[Event]
    ahead: Sequence[Event]
    groups: Sequence[Group]
    open_tasks: Sequence[TaskLine]
    done_tasks: Sequence[TaskLine]


def section(view: CustomerView, at: RolloutView, offer: PhoneOffer) -> Section:
    """A campaign with its timeline cut at today's line and its people by readiness."""
    zone = view.customer.timezone
    letters: dict[int, list[SentLetter]] = {}
    for delivery, person, _ in at.letters:
        sent = SentLetter(delivery.public_id, person, delivery.state)
        letters.setdefault(delivery.touch_id, []).append(sent)
    name = f"{view.customer.name}: "
    tasks = [TaskLine(task, task.title.removeprefix(name)) for task in at.tasks]
    events = [(line.ahead, _event(line, letters, zone)) for line in at.timeline]
    return Section(
        view=at,
        offer=offer,
        agreed=_agreed(at),
        past=[event for ahead, event in events if not ahead],
        ahead=[event for ahead, event in events if ahead],
        groups=_groups(at, zone),
        open_tasks=[line for line in tasks if line.task.done_at is None],
        done_tasks=[line for line in tasks if line.task.done_at is not None],
    )


def contacts(view: CustomerView) -> Contacts:
    """Whoever we deal with, and whom no letter reaches, apart from those who only work there."""
    lines = [(contact, ", ".join(roles_of(contact))) for contact in view.contacts]
    named = [line for line in lines if _stands_out(*line)]
    others = [line for line in lines if not _stands_out(*line)]
    return Contacts(named, others, view.contacts_in_all - len(lines))


def _stands_out(contact: Contact, roles: str) -> bool:
    return contact.left_at is None and (bool(roles) or contact.suppressed_at is not None)


def roles_of(contact: Contact) -> list[str]:
    """What a contact does for us, in words; empty for somebody who only uses a computer."""
    return [show.words(word) for word in ROLES if getattr(contact, word)]


def details_of(entry: JournalEntry) -> str:
    """The details of a journal entry as one line; what is empty is left out."""
    said = {name: _said(value) for name, value in entry.details.items()}
    return "; ".join(f"{show.words(name)} {words}" for name, words in said.items() if words)


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return ", ".join(f"{_said(key)} {_said(many)}" for key, many in value.items())
    return str(value)


def _event(line: Happening, letters: Mapping[int, Sequence[SentLetter]], zone: str) -> Event:
    there = line.at.astimezone(ZoneInfo(zone))
    counted = ", ".join(f"{show.number(many)} {show.words(state)}" for state, many in line.counts)
    reason = f"not sent: {line.detail}" if line.kind == "skipped" and line.detail else line.detail
    return Event(
        at=line.at,
        when=f"{show.day(there.date())}, {show.clock(there.time())}",
        kind=line.kind,
        title=line.title,
        detail="; ".join(part for part in (counted, reason) if part),
        letters=letters.get(line.touch_id, ()) if line.touch_id else (),
    )


def _agreed(at: RolloutView) -> str:
    current = at.current
    if current is None or current.day is None or current.local_time is None:
        return ""
    return show.promised(current.day, current.local_time, current.zone)


def _groups(at: RolloutView, zone: str) -> list[Group]:
    groups = []
    for state, label in READINESS:
        shown = [_person(line, zone) for line in at.people if line.state == state]
        if shown:
            many = getattr(at.counted, state)
            stands_open = state != "done" and many <= GLANCE
            groups.append(Group(state, label, many, shown, many - len(shown), stands_open))
    return groups


def _person(line: PersonLine, zone: str) -> Person:
    level = "" if line.level is None else LEVELS[line.level]
    if line.required and (line.level or 0) < 1:
        level = f"{level}, already required".removeprefix(", ")
    since = ""
    if line.taken_at is not None:
        day = line.taken_at.astimezone(ZoneInfo(zone)).date()
        since = f"{show.day(day)}, {line.source}"
    says = ["says done" if word == "done" else "asks for help" for word in line.says]
    words = level if line.level is not None else (line.reason or "")
    return Person(line, words or level, since, ", ".join(says))
