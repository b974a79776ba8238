"""Two people approve the same move at the same moment."""

import threading

from campaigns import reviewing
from campaigns.errors import Conflict
from campaigns.models import ChangeReview, Rollout
from campaigns.rules.calendar import DAY
from tests.campaigns.agree_kit import free, invited
from tests.campaigns.test_reviewing import dated, says, states_id, vendor_day
from tests.kit import BO, Office, agree_on, rows_of, sent


def test_two_approvals_at_once_are_one(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[-1]
    agree_on(office, rollout, day)
    says(office, milestones=dated(day - 20 * DAY))
    number, outcomes = states_id(office), list[str]()
    assert vendor_day(office) > day
    gate = threading.Barrier(4)

    def approve() -> None:
        gate.wait()
        try:
            with office.store.writing() as session:
                review = session.get_one(ChangeReview, number)
                reviewing.approve(
                    session, review, who=BO, now=office.now, day_minutes=office.rt.day_minutes
                )
            outcomes.append("approved")
        except Conflict as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=approve) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", *["review_decided"] * 3]
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(2,)]
    office.later(hours=1)
    assert [one.step for one in sent(office)].count("moved") == 1


def test_who_had_missed_the_date_is_asked_again_when_the_vendor_goes_later(office: Office) -> None:
    rollout = invited(office)
    with office.store.writing() as session:
        session.get_one(Rollout, rollout).state = "missed"
    says(office, milestones=dated(vendor_day(office) + 60 * DAY))
    with office.store.writing() as session:
        review = session.get_one(ChangeReview, states_id(office))
        reviewing.approve(
            session, review, who=BO, now=office.now, day_minutes=office.rt.day_minutes
        )
    assert rows_of(office, "SELECT state FROM rollout") == [("invited",)]
    assert free(office, rollout)
