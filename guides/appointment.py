"""The calendar entry beside a confirmation: RFC 5545, built by the icalendar library alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText


@dataclass(frozen=True, slots=True)
class Appointment:
    """One agreed date. `sequence` rises with every change; the `uid` never changes."""

    uid: str
    sequence: int
    starts: datetime
    minutes: int
    summary: str
    description: str
    organizer: str
    organizer_name: str
    attendee: str
    attendee_name: str
    stamped: datetime
    cancelled: bool = False

    @property
    def method(self) -> str:
        return "CANCEL" if self.cancelled else "REQUEST"


def to_ics(appointment: Appointment) -> bytes:
    """The .ics bytes: METHOD REQUEST for a date that stands, CANCEL for one withdrawn.

    Times are UTC, so that no reader needs our time-zone data.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Rollout//msp-rollout//EN")
    calendar.add("version", "2.0")
    calendar.add("method", appointment.method)
    calendar.add_component(_event(appointment))
    return bytes(calendar.to_ical())


def _event(appointment: Appointment) -> Event:
    event = Event()
    starts = appointment.starts.astimezone(UTC)
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.stamped.astimezone(UTC))
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=appointment.minutes))
    event.add("summary", _one_line(appointment.summary))
    event.add("description", appointment.description)
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event["organizer"] = _person(appointment.organizer, appointment.organizer_name)
    attendee = _person(appointment.attendee, appointment.attendee_name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    return event


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"MAILTO:{address}")
    # A parameter may hold no double quote (RFC 5545 section 3.1); the name is only a label.
    person.params["CN"] = vText(_one_line(name).replace('"', "'"))
    return person


def _one_line(text: str) -> str:
    return " ".join(text.split())
