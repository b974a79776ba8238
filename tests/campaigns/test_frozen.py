"""A freeze over agreed dates: they are listed with new ones, and move when somebody approves."""

from dataclasses import replace
from datetime import date, time

import pytest

from campaigns.errors import Conflict, Invalid
from campaigns.register.freezes import change_freeze, find_freeze, freezes, remove_freeze
from campaigns.rules.calendar import DAY, Closure
from tests.campaigns.agree_kit import free, taken
from tests.campaigns.freeze_kit import approve, freeze, keep, listed, moves
from tests.campaigns.roster_kit import set_limits
from tests.kit import ADA, Office, add_customer, agree_on, open_campaign, rows_of, sent

AGREED = (
    "SELECT a.day FROM agreement a JOIN rollout r ON r.id = a.rollout_id "
    "AND r.version = a.version ORDER BY r.id"
)


def firms(office: Office, many: int) -> tuple[list[int], date]:
    """Customers in one campaign that have all agreed on the same day; their rollouts."""
    for number in range(many):
        add_customer(office, f"Firm {number}", people=2)
    open_campaign(office)
    office.later(hours=1)
    rollouts = [row[0] for row in rows_of(office, "SELECT id FROM rollout ORDER BY id")]
    day = free(office, rollouts[-1])[4]
    for rollout in rollouts:
        agree_on(office, rollout, day)
    office.later(hours=1)
    return rollouts, day


def days(office: Office) -> list[date]:
    found = [row[0] for row in rows_of(office, AGREED)]
    return [one if isinstance(one, date) else date.fromisoformat(one) for one in found]


def entries(office: Office, what: str) -> int:
    (row,) = rows_of(office, "SELECT count(*) FROM journal_entry WHERE what = :w", w=what)
    return int(row[0])


def moved(office: Office) -> list[str]:
    return sorted(one.address for one in sent(office) if one.step == "moved")


def test_a_freeze_lists_agreed_dates_with_new_ones_and_moves_nothing(office: Office) -> None:
    rollouts, day = firms(office, 3)
    minutes = taken(office)
    found = listed(office, freeze(office, day - DAY, day + DAY, reason="stocktaking"))
    assert [one.rollout_id for one in found] == rollouts
    for one in found:
        assert one.to is not None
        assert abs(one.to - day) > DAY
        assert one.to in free(office, one.rollout_id)
        assert one.to_at == one.at == time(18)
    office.later(days=2)
    assert days(office) == [day] * 3
    assert taken(office) == minutes
    assert moved(office) == []


def test_what_is_approved_moves_in_one_go_and_tells_each_customer_once(office: Office) -> None:
    _, day = firms(office, 3)
    minutes = taken(office)
    number = freeze(office, day)
    wanted = moves(listed(office, number))
    first = approve(office, number, wanted)
    again = approve(office, number, wanted)
    assert [one.id for one in again] == [one.id for one in first]
    assert days(office) == [move.day for move in wanted]
    assert {one.how for one in first} == {"freeze"}
    assert taken(office) == minutes
    assert listed(office, number) == []
    office.later(hours=2)
    assert moved(office) == [f"kim@firm-{n}.example" for n in range(3)]
    assert entries(office, "freeze_approved") == 1
    office.later(days=1)
    assert len(moved(office)) == 3


def test_all_move_or_none(office: Office) -> None:
    rollouts, day = firms(office, 3)
    number = freeze(office, day)
    wanted = moves(listed(office, number))
    agree_on(office, rollouts[1], free(office, rollouts[1])[9])
    before = days(office)
    with pytest.raises(Conflict) as refused:
        approve(office, number, wanted)
    assert refused.value.code == "changed_meanwhile"
    assert refused.value.message.startswith("Firm 1: ")
    assert days(office) == before
    closed = [replace(wanted[0], day=day)]
    with pytest.raises(Conflict, match=r"^Firm 0: .* Closed: payroll\.") as refused:
        approve(office, number, closed)
    assert refused.value.code == "freeze"
    assert days(office) == before


def test_new_dates_leave_room_for_each_other(office: Office) -> None:
    rollouts, day = firms(office, 5)
    set_limits(office, campaign_day=2)
    number = freeze(office, day)
    wanted = moves(listed(office, number))
    assert len(wanted) == len(rollouts)
    assert max([move.day for move in wanted].count(one.day) for one in wanted) == 2
    approve(office, number, wanted)
    assert days(office) == [move.day for move in wanted]


def test_two_campaigns_of_one_customer_are_not_moved_onto_each_other(office: Office) -> None:
    rollouts, day = firms(office, 1)
    open_campaign(office, "Another")
    office.later(hours=1)
    other = rows_of(office, "SELECT max(id) FROM rollout")[0][0]
    second = next(one for one in free(office, other) if (one - day).days >= 14)
    agree_on(office, other, second)
    found = listed(office, freeze(office, day - DAY, second + DAY))
    assert [one.rollout_id for one in found] == [*rollouts, other]
    new = [one.to for one in found]
    assert new[0] is not None
    assert new[1] is not None
    assert abs((new[0] - new[1]).days) >= 7


def test_a_date_is_kept_in_spite_of_a_freeze_and_why_is_recorded(office: Office) -> None:
    _, day = firms(office, 2)
    number = freeze(office, day)
    first, _ = listed(office, number)
    with pytest.raises(Invalid, match="Write why"):
        keep(office, number, first, " ")
    for _ in range(2):
        keep(office, number, first, "the owner insists")
    kept, other = listed(office, number)
    assert kept.kept is not None
    assert (kept.kept.why, kept.kept.by_staff) == ("the owner insists", ADA.name)
    assert other.kept is None
    assert entries(office, "date_kept") == 1
    assert days(office) == [day] * 2
    with pytest.raises(Conflict, match="does not stand in the freeze any more"):
        keep(office, number, replace(first, version=9))


def test_a_freeze_that_is_changed_lists_what_lies_in_it_now(office: Office) -> None:
    rollouts, day = firms(office, 1)
    number = freeze(office, day + 30 * DAY)
    assert listed(office, number) == []
    with office.store.writing() as session:
        monthly = Closure(day.replace(day=1), day.replace(day=1), "x", "monthly")
        early = replace(monthly, ends=monthly.starts + 26 * DAY)
        change_freeze(session, number, early, who=ADA, now=office.now)
    (one,) = listed(office, number)
    assert one.rollout_id == rollouts[0]
    keep(office, number, one)
    with office.store.writing() as session:
        change_freeze(session, number, replace(early, reason="y"), who=ADA, now=office.now)
    assert listed(office, number)[0].kept is not None  # the days are the same
    with office.store.writing() as session:
        once = Closure(day, day, "y")
        change_freeze(session, number, once, who=ADA, now=office.now)
    assert listed(office, number)[0].kept is None
    assert entries(office, "freeze_changed") == 3


def test_a_freeze_touches_its_customer_and_its_campaign_alone(office: Office) -> None:
    rollouts, day = firms(office, 2)
    (campaign, customer) = rows_of(
        office, "SELECT campaign_id, customer_id FROM rollout WHERE id = :r", r=rollouts[0]
    )[0]
    (mine,) = listed(office, freeze(office, day, customer=customer))
    assert mine.rollout_id == rollouts[0]
    assert len(listed(office, freeze(office, day, campaign=campaign, reason="a"))) == 2
    other = open_campaign(office, "Another")
    assert listed(office, freeze(office, day, campaign=other, reason="b")) == []
    with office.store.reading() as session:
        whose = [one.whose for one in freezes(session)]
    assert whose == [
        "Firm 0",
        'all customers, in "MFA for everyone"',
        'all customers, in "Another"',
    ]


def test_where_no_day_is_left_the_reason_is_said(office: Office) -> None:
    _, day = firms(office, 1)
    (one,) = listed(office, freeze(office, office.now.date(), date(2027, 5, 1)))
    assert (one.day, one.to) == (day, None)
    assert one.why == "Closed: payroll."


def test_a_freeze_said_twice_is_said_once_and_can_be_taken_back(office: Office) -> None:
    day = office.now.date() + 60 * DAY
    number = freeze(office, day)
    assert freeze(office, day) == number
    with office.store.writing() as session:
        assert remove_freeze(session, number, who=ADA, now=office.now).freeze.reason == "payroll"
    assert (entries(office, "freeze_added"), entries(office, "freeze_removed")) == (1, 1)
    with office.store.reading() as session, pytest.raises(Exception, match="There is no freeze"):
        find_freeze(session, number)


@pytest.mark.parametrize(
    ("days", "field"),
    [
        (Closure(date(2026, 9, 2), date(2026, 9, 1), "x"), "ends"),
        (Closure(date(2026, 9, 2), date(2027, 9, 9), "x"), "ends"),
        (Closure(date(2026, 9, 2), date(2026, 9, 9), "x", "weekly"), "ends"),
        (Closure(date(2026, 9, 2), date(2026, 9, 2), "x", "month_end"), "workdays"),
        (Closure(date(2026, 9, 2), date(2026, 9, 2), "x", "hourly"), "repeats"),
        (Closure(date(2026, 9, 2), date(2026, 9, 2), "x", "yearly", 0, date(2026, 9, 1)), "until"),
        (Closure(date(2026, 9, 2), date(2026, 9, 2), "  "), "reason"),
    ],
)
def test_a_freeze_that_makes_no_sense_is_refused_beside_its_field(
    office: Office, days: Closure, field: str
) -> None:
    number = freeze(office, date(2026, 9, 1))
    with office.store.writing() as session, pytest.raises(Invalid) as refused:
        change_freeze(session, number, days, who=ADA, now=office.now)
    assert refused.value.field == field
