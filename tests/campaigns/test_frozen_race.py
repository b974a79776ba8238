"""A freeze comes, or is approved, at the very moment at which customers choose."""

from datetime import date
from typing import Any

from campaigns.journal import verify
from campaigns.models import DeferralGrant
from campaigns.rules.calendar import DAY
from tests.campaigns.agree_kit import free
from tests.campaigns.freeze_kit import approve, freeze, listed, moves
from tests.campaigns.test_agree_race import assert_nothing_oversold, at_once, words
from tests.campaigns.test_frozen import days, firms
from tests.kit import Office, agree_on, rows_of

ROUNDS = 4
LIVE = "SELECT rollout_id, count(*) FROM booking WHERE released_at IS NULL GROUP BY rollout_id"


def may_move_often(office: Office, rollouts: list[int]) -> None:
    with office.store.writing() as session:
        session.add_all(
            DeferralGrant(rollout_id=rollout, by_staff="ada", why="a test", at=office.now)
            for rollout in rollouts
            for _ in range(8)
        )


def one_booking_each(office: Office, rollouts: list[int]) -> None:
    assert dict(rows_of(office, LIVE)) == dict.fromkeys(rollouts, 1)  # type: ignore[arg-type]
    assert_nothing_oversold(office)
    with office.store.reading() as session:
        assert verify(session) == []


def test_who_moves_while_staff_approve_keeps_the_one_or_the_other_date_whole(
    office: Office,
) -> None:
    """All are moved by the approval or none; a customer that was quicker keeps its own day."""
    rollouts, _ = firms(office, 3)
    may_move_often(office, rollouts)
    for number in range(ROUNDS):
        agreed = days(office)[1]
        struck = freeze(office, agreed, reason=f"stocktaking {number}")
        wanted = moves(listed(office, struck))
        own = free(office, rollouts[1])[6 + number]
        acts: list[Any] = [
            lambda s=struck, w=wanted: approve(office, s, w),
            lambda d=own, n=number: agree_on(office, rollouts[1], d, key=f"own {n}"),
        ]
        staff, customer = at_once(acts)
        assert staff is None or customer is None, (staff, customer)
        assert set(words([staff, customer])) <= {"agreed", "changed_meanwhile"}
        planned = {move.rollout_id: move.day for move in wanted}
        now = dict(zip(rollouts, days(office), strict=True))
        if customer is None:
            assert now[rollouts[1]] == own
        else:
            assert now[rollouts[1]] == planned[rollouts[1]]
        if staff is None:
            others = [key for key in planned if key != rollouts[1]]
            assert {key: now[key] for key in others} == {key: planned[key] for key in others}
        one_booking_each(office, rollouts)


def test_a_day_that_is_chosen_while_it_is_closed_is_refused_or_listed(office: Office) -> None:
    """It never lies in a freeze without anybody knowing of it."""
    rollouts, _ = firms(office, 4)
    may_move_often(office, rollouts)
    for number in range(ROUNDS):
        target: date = free(office, rollouts[-1])[8 + number]
        acts: list[Any] = [lambda d=target, n=number: freeze(office, d, reason=f"audit {n}")]
        acts += [
            lambda r=r, d=target, n=number: agree_on(office, r, d, key=f"{n}:{r}") for r in rollouts
        ]
        met = at_once(acts)
        assert met[0] is None
        assert set(words(met[1:])) <= {"agreed", "freeze", "date_taken"}, words(met)
        newest = max(row[0] for row in rows_of(office, 'SELECT id FROM "freeze"'))
        in_it = {one.rollout_id for one in listed(office, newest)}
        chosen = {key for key, on in zip(rollouts, days(office), strict=True) if on == target}
        assert chosen == in_it
        one_booking_each(office, rollouts)
        office.later(hours=1)


def test_two_approvals_at_once_move_everybody_once(office: Office) -> None:
    rollouts, day = firms(office, 3)
    number = freeze(office, day - DAY, day + DAY)
    wanted = moves(listed(office, number))
    met = at_once([lambda: approve(office, number, wanted)] * 4)
    assert set(words(met)) <= {"agreed", "changed_meanwhile"}
    assert days(office) == [move.day for move in wanted]
    assert rows_of(office, "SELECT count(*) FROM agreement WHERE how = 'freeze'") == [(3,)]
    one_booking_each(office, rollouts)
