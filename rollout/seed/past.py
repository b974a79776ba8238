"""Ten weeks of the demo, lived through by the product's own code on a clock in the past."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import agree, choice, launch, progress
from campaigns.journal import Actor
from campaigns.models import Campaign, Contact, Rollout
from rollout.desk import Desk
from rollout.seed.post import BreaksOnce
from rollout.seed.staff import PROVIDER
from rollout.seed.story import LOST_AT
from workers.courier import run_until
from workers.lent import lending
from workers.runtime import Clock, HandClock, Runtime, nobody_to_wake
from workers.steward import tick

CAMPAIGN = "MFA for everyone"
AT_ONCE = 50  # letters a commit: the demo is loaded whole or not at all


@dataclass(slots=True)
class PastClock(HandClock):
    """A hand-turned business time; the machine's own time stays what it is."""

    real: Clock | None = None

    def machine(self) -> datetime:
        return self.real.machine() if self.real else HandClock.machine(self)


@dataclass
class Past:
    """The runtime with its clock turned back, and what is still to happen until `today`."""

    rt: Runtime
    start: datetime
    today: datetime
    end: datetime | None = None  # of what is planned; today, where nothing else is said
    _ahead: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    @property
    def now(self) -> datetime:
        return self.rt.clock.now()

    def desk(self, who: Actor) -> Desk:
        """The desk of a member of staff on that day."""
        return Desk(self.rt, who)

    def on(self, day: int, hour: int = 9) -> datetime:
        """That hour (UTC) of a day counted from the start of the campaign."""
        midnight = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=day, hours=hour)

    def ago(self, **span: float) -> datetime:
        """A moment before today."""
        return self.today - timedelta(**span)

    def plan(self, moment: datetime, deed: Callable[[], None]) -> None:
        """Something that happens at `moment`; what lies after the end is left to the future."""
        if moment < (self.end or self.today):
            heapq.heappush(self._ahead, (moment, next(self._order), deed))

    @property
    def done(self) -> bool:
        """Nothing is planned any more."""
        return not self._ahead

    def due(self, moment: datetime) -> Iterator[Callable[[], None]]:
        """What was planned for this moment or before, in order; each once."""
        while self._ahead and self._ahead[0][0] <= moment:
            yield heapq.heappop(self._ahead)[2]

    def skip_to(self, moment: datetime) -> None:
        """What lies before this moment has been done already."""
        for _ in self.due(moment):
            pass

    def live(self, told: Callable[[datetime], None]) -> None:
        """Sweep up to each planned moment and let it happen; ends with the sweep of today."""
        while self._ahead:
            moment, _, deed = heapq.heappop(self._ahead)
            told(moment)
            self._walk(max(moment, self.now))
            deed()
        tick(self.rt, self.today)

    def _walk(self, until: datetime) -> None:
        """A tick without its care for other processes: there is none, and nobody died."""
        with lending(self.rt) as lent:
            run_until(self.rt, self.now, until, self.rt.clock.move_to, lent)
        with self.rt.store.writing() as session:
            progress.move_along(session, until)


def turned_back(rt: Runtime, start: datetime, today: datetime) -> Past:
    """The same installation with its clock at `start` and letters signed by Harbor IT."""
    clock = PastClock(start, real=rt.clock)
    past = replace(
        rt,
        clock=clock,
        mailer=BreaksOnce(rt.mailer, LOST_AT),
        provider=PROVIDER,
        nudge=nobody_to_wake,
        connections=1,
        marks=AT_ONCE,
        worded={},
        pinned=set(),
    )
    return Past(past, start, today)


def case_of(session: Session, past: Past, customer: str) -> choice.Case:
    """This customer's case in the demo's campaign, as it stands at that moment."""
    campaign = launch.find_campaign(session, CAMPAIGN)
    rollout = agree.find_rollout(session, campaign, customer)
    return choice.open_case(session, rollout.id, past.now, past.rt.day_minutes)


def owner_of(session: Session, customer_id: int) -> Contact | None:
    """The customer's decision maker; None where nobody is named."""
    return session.scalars(
        select(Contact)
        .where(Contact.customer_id == customer_id, Contact.decision_maker.is_(True))
        .order_by(Contact.id)
    ).first()


def rollouts(session: Session) -> list[Rollout]:
    """All rollouts of the demo's campaign."""
    query = select(Rollout).join(Campaign, Campaign.id == Rollout.campaign_id)
    return list(session.scalars(query.where(Campaign.name == CAMPAIGN).order_by(Rollout.id)))
