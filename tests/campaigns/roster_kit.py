"""Technicians with weeks, days off and skills, and a provider with limits."""

from datetime import date
from typing import Any

from campaigns import roster
from campaigns.models import Staff
from tests.kit import ADA, Office

TESS = "tess@harbor.example"
UMA = "uma@harbor.example"


def add_technician(office: Office, email: str) -> None:
    with office.store.writing() as session:
        name = email.split("@")[0].title()
        row = Staff(email=email, name=name, role="technician", created_at=office.now)
        session.add(row)


def set_week(office: Office, email: str, *week: int) -> None:
    with office.store.writing() as session:
        person = roster.find_technician(session, email)
        roster.set_week(session, person, week, who=ADA, now=office.now, day_minutes=480)


def take_off(office: Office, email: str, starts: date, ends: date | None = None) -> int:
    with office.store.writing() as session:
        person = roster.find_technician(session, email)
        made = roster.add_day_off(
            session,
            person,
            starts,
            ends or starts,
            "leave",
            who=ADA,
            now=office.now,
            day_minutes=480,
        )
        return made.id


def work_after_all(office: Office, email: str, number: int) -> None:
    with office.store.writing() as session:
        person = roster.find_technician(session, email)
        roster.remove_day_off(session, person, number, who=ADA, now=office.now, day_minutes=480)


def set_skills(office: Office, email: str, *skills: str) -> None:
    with office.store.writing() as session:
        person = roster.find_technician(session, email)
        roster.set_skills(session, person, skills, who=ADA, now=office.now)


def set_limits(office: Office, **wanted: Any) -> None:
    with office.store.writing() as session:
        roster.set_limits(session, wanted, who=ADA, now=office.now)
