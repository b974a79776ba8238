"""Who works when and can do what, and the provider's limits: all of it in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, bindparam
from sqlalchemy.orm import Session

from campaigns.models import BookingLimit, DayOff, Staff, TechnicianSkill, TechnicianWeek
from campaigns.rows import Parts, by_kind, part, rows_of, together
from campaigns.rules.roster import DISTANCE, Crew, Limits, Technician, usual_week

DESK = "desk"
ROSTER = (
    part("staff", key=Staff.id, word=Staff.email).where(
        Staff.role == "technician", Staff.ended_at.is_(None)
    ),
    part(
        "week",
        key=TechnicianWeek.staff_id,
        number=TechnicianWeek.minutes,
        weekday=TechnicianWeek.weekday,
    ),
    part("off", key=DayOff.staff_id, starts=DayOff.starts, ends=DayOff.ends).where(
        DayOff.ends >= bindparam("today", type_=Date())
    ),
    part("skill", key=TechnicianSkill.staff_id, word=TechnicianSkill.category),
    part("limit", word=BookingLimit.name, number=BookingLimit.value),
)
_ROSTER = together(*ROSTER)


@dataclass(frozen=True, slots=True)
class Roster:
    """Every technician with the categories of changes they can do (none: all), by name."""

    technicians: tuple[tuple[Technician, frozenset[str]], ...]
    limits: Limits

    @property
    def everybody(self) -> tuple[Technician, ...]:
        return tuple(one for one, _ in self.technicians)

    def crew(self, category: str | None) -> Crew:
        """Who can do a change of that category, and who cannot; None asks for no skill."""
        fitting: list[Technician] = []
        others: list[Technician] = []
        for one, skills in self.technicians:
            can = category is None or not skills or category in skills
            (fitting if can else others).append(one)
        return Crew(tuple(fitting), tuple(others))


def roster_of(session: Session, day_minutes: int, today: date) -> Roster:
    """Every technician, or one common desk where none is named, and the limits.

    Who has no week of their own has `day_minutes` from Monday to Friday. Days off that ended
    before `today` are left out.
    """
    return roster_in(by_kind(rows_of(session, _ROSTER, today=today)), day_minutes)


def roster_in(found: Parts, day_minutes: int) -> Roster:
    """The same from the rows of `ROSTER`."""
    weeks: dict[int, dict[int, int]] = {}
    for key, _, _, minutes, weekday, *_ in found["week"]:
        weeks.setdefault(key, {})[weekday] = minutes
    off: dict[int, list[tuple[date, date]]] = {}
    for key, _, _, _, _, starts, ends, *_ in found["off"]:
        off.setdefault(key, []).append((starts, ends))
    skills: dict[int, set[str]] = {}
    for key, category, *_ in found["skill"]:
        skills.setdefault(key, set()).add(category)
    usual = usual_week(day_minutes)
    technicians = []
    for key, name, *_ in sorted(found["staff"], key=lambda row: str(row[1])):
        days_off = tuple(sorted(off.get(key, ())))
        one = Technician(name, _week(weeks.get(key), usual), days_off)
        technicians.append((one, frozenset(skills.get(key, ()))))
    nobody = ((Technician(DESK, usual), frozenset[str]()),)
    limits = {name: value for _, name, _, value, *_ in found["limit"]}
    return Roster(tuple(technicians) or nobody, limits_of(limits))


def limits_of(named: Mapping[str, int]) -> Limits:
    """The limits by the names under which they are kept."""
    return Limits(
        campaign_day=named.get("campaign_day"),
        day=named.get("day"),
        day_minutes=named.get("day_minutes"),
        distance=named.get("distance_days", DISTANCE),
    )


def _week(said: Mapping[int, int] | None, usual: tuple[int, ...]) -> tuple[int, ...]:
    return usual if said is None else tuple(said.get(weekday, 0) for weekday in range(7))
