"""The cases of several rollouts, read together: a few statements, however many there are."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from campaigns import choice
from campaigns.choice import Case
from campaigns.crew import Roster, roster_of
from campaigns.deferring import answers_among
from campaigns.distance import NOT_BEGUN, others_among
from campaigns.models import Agreement, Campaign, DeferralGrant, Rollout
from campaigns.models.base import BigKey
from campaigns.rooms import Rooms
from campaigns.rows import rows_of
from campaigns.rules import dates
from campaigns.situation import Situation
from campaigns.terms import WorkingTime, calendar_with, freezes_of, playbook_of, terms_for
from campaigns.waves import why_waiting

_THESE = bindparam("rollouts", type_=BigKey, expanding=True)
_ANSWERS = select(
    Agreement.rollout_id, Agreement.version, Agreement.how, Agreement.answer_key, Agreement.day
).where(Agreement.rollout_id.in_(_THESE))
_GRANTS = select(DeferralGrant.rollout_id).where(DeferralGrant.rollout_id.in_(_THESE))
_OF_THE_CUSTOMERS = (
    select(Rollout.customer_id, Rollout.id, Campaign.state, Agreement.day)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .outerjoin(
        Agreement, and_(Agreement.rollout_id == Rollout.id, Agreement.version == Rollout.version)
    )
    .where(
        Rollout.customer_id.in_(bindparam("customers", expanding=True)),
        *(Campaign.state != state for state in NOT_BEGUN),
    )
)


class Cases:
    """Each case is the one that `choice.open_case` would find at this moment.

    What is read holds until somebody agrees on a date (`agreed`) or a day is taken (`taken`).
    """

    def __init__(
        self, session: Session, situations: Sequence[Situation], now: datetime, day_minutes: int
    ) -> None:
        self._session, self._now, self._day_minutes = session, now, day_minutes
        self._situations = {one.rollout.id: one for one in situations}
        self._customers = sorted({one.customer.id for one in situations})
        self._rosters: dict[date, Roster] = {}
        self._times: dict[int, WorkingTime] = {}
        self._cases: dict[int, Case] = {}
        self._taken = False
        self._rooms: Rooms | None = None
        rollouts = list(self._situations)
        self._answers: defaultdict[int, list[tuple[int, str, str, date | None]]] = defaultdict(list)
        for rollout, *answer in rows_of(session, _ANSWERS, rollouts=rollouts):
            self._answers[rollout].append(tuple(answer))
        self._grants = Counter(rows_of(session, _GRANTS, rollouts=rollouts).scalars())
        self._others: dict[int, list[tuple[int, str, date | None]]] = {}
        self._ask_others(self._customers)

    def of(self, rollout_id: int) -> Case:
        """The case of one of these rollouts."""
        if rollout_id not in self._cases:
            self._cases[rollout_id] = self._put_together(self._situations[rollout_id])
        return self._cases[rollout_id]

    def offers(self, case: Case) -> tuple[dates.OfferedDay, ...]:
        """As `choice.offers`."""
        if self._taken:
            return choice.offers(self._session, case)
        if self._rooms is None:
            self._rooms = Rooms(self._session, [self.of(id_) for id_ in self._situations])
        return dates.offer(case.terms, *self._rooms.of(case))

    def taken(self) -> None:
        """A day was taken or given back: what is left of the others is asked anew."""
        self._taken = True

    def agreed(self, customer_id: int) -> None:
        """One of this customer's campaigns has another date: its other cases are asked anew."""
        self._taken = True
        self._others.pop(customer_id, None)
        for rollout_id, situation in self._situations.items():
            if situation.customer.id == customer_id:
                self._cases.pop(rollout_id, None)

    def _put_together(self, situation: Situation) -> Case:
        rollout, customer, campaign = situation.rollout, situation.customer, situation.campaign
        if customer.id not in self._others:
            self._ask_others([customer.id])
        today = self._now.astimezone(ZoneInfo(customer.timezone)).date()
        roster = self._roster(today)
        rules = playbook_of(campaign.playbook_source).rules
        theirs = [other for other in self._others[customer.id] if other[0] != rollout.id]
        others = others_among(theirs, today, roster.limits.distance)
        answers = answers_among(
            self._answers[rollout.id], rules.deferrals + self._grants[rollout.id]
        )
        return Case(
            rollout=rollout,
            campaign=campaign,
            customer=customer,
            change=situation.change,
            terms=terms_for(
                situation,
                calendar_with(customer, self._working_time(campaign.id)),
                self._now,
                self._day_minutes,
                roster,
                others.days,
                answers.deferrals.no_later,
                why_waiting(self._session, rollout, today),
            ),
            current=situation.current,
            deferrals=answers.deferrals,
            neighbours=others.choosing,
            answer_keys=answers.keys,
        )

    def _ask_others(self, customers: Sequence[int]) -> None:
        for customer in customers:
            self._others[customer] = []
        rows = rows_of(self._session, _OF_THE_CUSTOMERS, customers=list(customers))
        for customer, *other in rows:
            self._others[customer].append(tuple(other))

    def _roster(self, today: date) -> Roster:
        if today not in self._rosters:
            self._rosters[today] = roster_of(self._session, self._day_minutes, today)
        return self._rosters[today]

    def _working_time(self, campaign_id: int) -> WorkingTime:
        if campaign_id not in self._times:
            self._times[campaign_id] = freezes_of(self._session, self._customers, campaign_id)
        return self._times[campaign_id]
