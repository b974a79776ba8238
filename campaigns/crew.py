"""Who works when and can do what, and the provider's limits: all of it in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Date, Integer, String, bindparam, text
from sqlalchemy.orm import Session

from campaigns.rules.roster import DISTANCE, Crew, Limits, Technician, usual_week

DESK = "desk"
_READ = (
    text("""
    SELECT 'staff' AS kind, id AS staff, email AS word, 0 AS weekday, 0 AS minutes,
        CAST(NULL AS DATE) AS starts, CAST(NULL AS DATE) AS ends
    FROM staff WHERE role = 'technician' AND ended_at IS NULL
    UNION ALL SELECT 'week', staff_id, '', weekday, minutes, NULL, NULL FROM technician_week
    UNION ALL SELECT 'off', staff_id, '', 0, 0, starts, ends FROM day_off WHERE ends >= :today
    UNION ALL SELECT 'skill', staff_id, category, 0, 0, NULL, NULL FROM technician_skill
    UNION ALL SELECT 'limit', 0, name, 0, value, NULL, NULL FROM booking_limit
    """)
    .bindparams(bindparam("today", type_=Date()))
    .columns(
        kind=String, staff=Integer, word=String, weekday=Integer, minutes=Integer,
        starts=Date, ends=Date,
    )
)  # fmt: skip


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


@dataclass
class _Found:
    people: dict[int, str] = field(default_factory=dict)
    weeks: dict[int, dict[int, int]] = field(default_factory=dict)
    off: dict[int, list[tuple[date, date]]] = field(default_factory=dict)
    skills: dict[int, set[str]] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)


def roster_of(session: Session, day_minutes: int, today: date) -> Roster:
    """Every technician, or one common desk where none is named, and the limits.

    Who has no week of their own has `day_minutes` from Monday to Friday. Days off that ended
    before `today` are left out.
    """
    found, usual = _read(session, today), usual_week(day_minutes)
    technicians = []
    for key, name in sorted(found.people.items(), key=lambda person: person[1]):
        off = tuple(sorted(found.off.get(key, ())))
        one = Technician(name, _week(found.weeks.get(key), usual), off)
        technicians.append((one, frozenset(found.skills.get(key, ()))))
    nobody = ((Technician(DESK, usual), frozenset[str]()),)
    return Roster(tuple(technicians) or nobody, limits_of(found.limits))


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


def _read(session: Session, today: date) -> _Found:
    if session.autoflush:
        session.flush()
    found = _Found()
    rows = session.connection().execute(_READ, {"today": today})
    for kind, staff, word, weekday, minutes, starts, ends in rows:
        if kind == "staff":
            found.people[staff] = word
        elif kind == "week":
            found.weeks.setdefault(staff, {})[weekday] = minutes
        elif kind == "off":
            found.off.setdefault(staff, []).append((starts, ends))
        elif kind == "skill":
            found.skills.setdefault(staff, set()).add(word)
        else:
            found.limits[word] = minutes
    return found
