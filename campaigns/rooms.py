"""What is left of technicians' days for several rollouts, read once for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.capacity import ALL
from campaigns.choice import Case
from campaigns.models import Booking, DayLoad, TechnicianDay
from campaigns.rows import rows_of
from campaigns.rules.roster import Crew, Load

_DAYS = select(
    TechnicianDay.day, TechnicianDay.lane, TechnicianDay.capacity - TechnicianDay.taken
).where(TechnicianDay.day.between(bindparam("first"), bindparam("last")))
_HELD = (
    select(Booking.rollout_id, TechnicianDay.day, TechnicianDay.lane, Booking.minutes)
    .join(TechnicianDay, TechnicianDay.id == Booking.technician_day_id)
    .where(
        Booking.rollout_id.in_(bindparam("rollouts", expanding=True)),
        Booking.released_at.is_(None),
    )
)
_LOADS = select(DayLoad.day, DayLoad.campaign_id, DayLoad.rollouts, DayLoad.minutes).where(
    DayLoad.day.between(bindparam("first"), bindparam("last"))
)


@dataclass(frozen=True, slots=True)
class _Held:
    """What a rollout holds itself, which counts as free for it."""

    day: date
    lane: str
    minutes: int


@dataclass
class _Crew:
    """What is free for everybody with the same skill at the same time, by day."""

    lanes: frozenset[str]
    free: dict[date, int] = field(default_factory=dict)


class Rooms:
    """As `choice.room_of` would find it for each case, until somebody books or gives back."""

    def __init__(self, session: Session, cases: Sequence[Case]) -> None:
        span = {
            "first": min(case.terms.span.first for case in cases),
            "last": max(case.terms.span.last for case in cases),
        }
        self._left: defaultdict[date, dict[str, int]] = defaultdict(dict)
        for day, lane, minutes in rows_of(session, _DAYS, **span):
            self._left[day][lane] = minutes
        rollouts = [case.rollout.id for case in cases]
        held = rows_of(session, _HELD, rollouts=rollouts)
        self._held = {rollout: _Held(*what) for rollout, *what in held}
        self._loads: defaultdict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
        if any(case.terms.limits.bind for case in cases):
            for day, campaign, many, minutes in rows_of(session, _LOADS, **span):
                self._loads[campaign][day] = (many, minutes)
        self._crews: dict[tuple[date, str], _Crew] = {}
        self._of_campaigns: dict[int, Mapping[date, Load]] = {}

    def of(self, case: Case) -> tuple[Mapping[date, int], Mapping[date, Load]]:
        """What is free for this rollout on days that somebody has begun, and what others booked."""
        crew, held = self._crew(case), self._held.get(case.rollout.id)
        loads = self._load(case.campaign.id) if case.terms.limits.bind else {}
        if held is None:
            return crew.free, loads
        free = dict(crew.free)
        if held.day in free and held.lane in crew.lanes:
            left = self._left[held.day][held.lane] + held.minutes
            free[held.day] = max(free[held.day], left)
        if held.day in loads:
            load = loads[held.day]
            less = Load(load.campaign - 1, load.rollouts - 1, load.minutes - held.minutes)
            loads = {**loads, held.day: less}
        return free, loads

    def _crew(self, case: Case) -> _Crew:
        key = (case.terms.today, case.change.category)
        if key not in self._crews:
            assert case.terms.crew is not None
            self._crews[key] = _free(case.terms.crew, self._left)
        return self._crews[key]

    def _load(self, campaign_id: int) -> Mapping[date, Load]:
        if campaign_id not in self._of_campaigns:
            of_all, own = self._loads[ALL], self._loads[campaign_id]
            self._of_campaigns[campaign_id] = {
                day: Load(own.get(day, (0, 0))[0], *of_all.get(day, (0, 0)))
                for day in of_all.keys() | own.keys()
            }
        return self._of_campaigns[campaign_id]


def _free(crew: Crew, left: Mapping[date, Mapping[str, int]]) -> _Crew:
    """The most minutes that any one of them has left, on each day that somebody has begun."""
    found = _Crew(frozenset(one.name for one in crew.fitting))
    for day, lanes in left.items():
        if not found.lanes.isdisjoint(lanes):
            found.free[day] = max(
                lanes[one.name] if one.name in lanes else one.minutes(day) for one in crew.fitting
            )
    return found
