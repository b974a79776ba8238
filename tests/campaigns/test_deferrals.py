"""A date is moved to a later day so many times by the link; then it takes somebody of ours."""

from datetime import date

import pytest

from campaigns import agree, choice
from campaigns.deferring import grant, grants_of
from campaigns.errors import Conflict, Invalid
from campaigns.rules import dates
from tests.campaigns.agree_kit import TESS, code_of, free, invited
from tests.kit import ADA, Office, agree_on, rows_of, withdraw


def moved_twice(office: Office) -> tuple[int, list[date]]:
    """A customer that chose its third day after two moves; its rollout and the open days."""
    rollout = invited(office)
    days = free(office, rollout)
    for day in days[:3]:
        agree_on(office, rollout, day)
    return rollout, days


def case_of(office: Office, rollout: int) -> choice.Case:
    with office.store.reading() as session:
        return choice.open_case(session, rollout, office.now, 480)


def test_a_third_move_to_a_later_day_is_refused_with_whom_to_ask(office: Office) -> None:
    rollout, days = moved_twice(office)
    moves = case_of(office, rollout).deferrals
    assert (moves.used, moves.allowed, moves.left) == (2, 2, 0)
    with pytest.raises(Conflict) as refused:
        agree_on(office, rollout, days[5])
    assert refused.value.code == "moved_enough"
    assert "Call us for a later one" in refused.value.message
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(3,)]


def test_an_earlier_day_can_be_had_however_often(office: Office) -> None:
    rollout, days = moved_twice(office)
    assert code_of(office, rollout, days[1]) == "agreed"
    assert code_of(office, rollout, days[0]) == "agreed"
    assert code_of(office, rollout, days[1]) == "moved_enough"


def test_what_the_page_offers_is_what_the_writer_accepts(office: Office) -> None:
    """The judge knows it: no later day is offered, and each says why it is not."""
    rollout, days = moved_twice(office)
    assert free(office, rollout) == days[:3]
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, 480)
        closed = [one for one in choice.offers(session, case) if one.day in days[3:]]
    assert {one.verdict.code for one in closed} == {"moved_enough"}
    assert {one.verdict for one in closed} == {dates.MOVED_ENOUGH}


def test_withdrawing_and_choosing_again_is_no_way_round_it(office: Office) -> None:
    rollout, days = moved_twice(office)
    withdraw(office, rollout)
    assert code_of(office, rollout, days[4]) == "moved_enough"
    assert code_of(office, rollout, days[2]) == "agreed"


def test_staff_move_it_all_the_same_and_that_is_not_counted(office: Office) -> None:
    rollout, days = moved_twice(office)
    assert code_of(office, rollout, days[6], staff=TESS) == "agreed"
    assert case_of(office, rollout).deferrals.used == 2
    assert case_of(office, rollout).deferrals.no_later == days[6]


def test_staff_grant_one_more_with_a_reason_once_a_form(office: Office) -> None:
    rollout, days = moved_twice(office)
    with office.store.writing() as session:
        assert grant(session, rollout, seen=0, why=" their office  moves ", who=ADA, now=office.now)
    with office.store.writing() as session:
        assert not grant(session, rollout, seen=0, why="again", who=ADA, now=office.now)
    with office.store.writing() as session, pytest.raises(Invalid) as refused:
        grant(session, rollout, seen=1, why=" ", who=ADA, now=office.now)
    assert refused.value.field == "why"
    with office.store.reading() as session:
        (kept,) = grants_of(session, rollout)
    assert (kept.by_staff, kept.why) == (ADA.name, "their office moves")
    journalled = rows_of(office, "SELECT who FROM journal_entry WHERE what = 'deferral_granted'")
    assert journalled == [(ADA.name,)]
    assert code_of(office, rollout, days[5]) == "agreed"
    assert code_of(office, rollout, days[6]) == "moved_enough"


def test_the_last_allowed_day_is_the_vendors_less_the_preparation(office: Office) -> None:
    rollout = invited(office)
    case = case_of(office, rollout)
    assert case.terms.span.last == date(2026, 12, 1)  # 15 December less a fortnight
    assert free(office, rollout)[-1] <= date(2026, 12, 1)
    assert code_of(office, rollout, date(2026, 12, 2)) == "after_last"


def test_a_repeated_answer_is_the_first_one_even_when_no_move_is_left(office: Office) -> None:
    """A retry after a time-out is not a move of its own."""
    rollout = invited(office)
    days = free(office, rollout)
    agree_on(office, rollout, days[0])
    agree_on(office, rollout, days[1])
    third = agree_on(office, rollout, days[2], key="third form")
    again = agree_on(office, rollout, days[2], key="third form")
    assert (again.id, again.version) == (third.id, 3)
    with office.store.reading() as session:
        assert agree.versions(session, rollout) == 3
