"""The silent customer: proposal, reminder, put down, a week to say otherwise, booked."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from campaigns import agree, choice, launch, silence
from campaigns.errors import Conflict
from campaigns.models import Campaign, Delivery
from campaigns.notices import proofs
from tests.campaigns.agree_kit import KIM, code_of, free, invited, taken
from tests.kit import ADA, Office, agree_on, rows_of, sent

# The campaign starts on Monday 1 June: the notice leaves 33 days later, on a Saturday.
NOTICED = datetime(2026, 7, 6, 12, tzinfo=UTC)
BOOKED = datetime(2026, 7, 15, 12, tzinfo=UTC)


def silent(office: Office, **customer: Any) -> int:
    """A customer that was put down for a day and has not said anything; its rollout."""
    rollout = invited(office, **customer)
    office.until(NOTICED)
    return rollout


def notice_of(office: Office) -> Any:
    (row,) = rows_of(office, "SELECT day, local_time, until, outcome FROM put_down")
    return row


def day_of(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def say_no(office: Office, rollout: int, text: str = "after noon") -> None:
    with office.store.writing() as session:
        case = choice.open_case(session, rollout, office.now, 480)
        silence.decline(session, case, text=text, chooser=KIM, now=office.now)


def test_the_notice_follows_a_proposal_and_a_reminder_and_names_the_same_day(
    office: Office,
) -> None:
    rollout = silent(office)
    asked = [one for one in sent(office) if one.address.startswith("kim@")]
    assert [one.step for one in asked] == [
        "invite",
        "remind-1",
        "remind-2",
        "propose",
        "remind-proposal",
        "put-down",
    ]
    with office.store.reading() as session:
        kept = proofs(session, rollout)
        case = choice.open_case(session, rollout, office.now, 480)
    named = [proof.delivery.facts["proposed_date"] for proof in kept[-3:] if proof.delivery.facts]
    assert len(named) == 3
    assert len(set(named)) == 1
    day, at, until, outcome = notice_of(office)
    assert outcome is None
    # Five of the customer's own working days to say otherwise.
    calendar = case.terms.calendar
    noticed = asked[-1].at
    assert day_of(until) == calendar.shift(calendar.today(noticed), 5, True)
    assert kept[-1].delivery.facts is not None
    assert str(day_of(until).year) in kept[-1].delivery.facts["opt_out_until"]
    assert (case.rollout.state, case.rollout.version) == ("proposed", 0)
    assert str(at).startswith("08:00")
    assert day_of(day) in free(office, rollout)


def test_the_place_is_held_so_that_the_promise_can_be_kept(office: Office) -> None:
    silent(office)
    day, *_ = notice_of(office)
    assert taken(office) > 0
    held = rows_of(
        office,
        "SELECT d.day, b.version FROM booking b JOIN technician_day d "
        "ON d.id = b.technician_day_id WHERE b.released_at IS NULL",
    )
    assert [(day_of(one), version) for one, version in held] == [(day_of(day), 0)]


def test_who_says_nothing_is_booked_when_the_window_is_over_and_not_before(
    office: Office,
) -> None:
    rollout = silent(office)
    day, _, until, _ = notice_of(office)
    office.until(datetime.combine(day_of(until), time(21), tzinfo=UTC))
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(0,)]
    minutes = taken(office)
    office.until(BOOKED)
    kept = rows_of(office, "SELECT day, how, version, by_staff FROM agreement")
    assert [(day_of(kept[0][0]), *kept[0][1:])] == [(day_of(day), "proposed_default", 1, None)]
    assert taken(office) == minutes
    assert notice_of(office)[3] == "booked"
    assert rows_of(office, "SELECT state FROM rollout") == [("agreed",)]
    confirmed = [one for one in sent(office) if one.step == "confirm"]
    assert [one.address for one in confirmed] == ["kim@northwind-dental.example"]
    with office.store.reading() as session:
        last = proofs(session, rollout)[-1]
    assert last.delivery.facts is not None
    assert last.delivery.facts["chosen_by"].startswith("us, as our letter said")
    # A working morning there, the one after the window.
    (moment,) = rows_of(office, "SELECT at FROM agreement")
    there = datetime.fromisoformat(str(moment[0])).replace(tzinfo=UTC)
    assert there.hour == 7
    assert there.date() > day_of(until)
    assert there.weekday() < 5


def test_the_round_that_books_can_come_again(office: Office) -> None:
    rollout = silent(office)
    office.until(BOOKED)
    for _ in range(3):
        office.later(minutes=1)
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(1,)]
    assert len(rows_of(office, "SELECT id FROM booking WHERE released_at IS NULL")) == 1
    assert rows_of(office, "SELECT version FROM rollout") == [(1,)]
    assert code_of(office, rollout, free(office, rollout)[-1]) == "agreed"  # still hers to change


@pytest.mark.parametrize("state", ["failed", "uncertain", "skipped"])
def test_without_a_notice_handed_over_nothing_is_booked_and_somebody_calls(
    office: Office, state: str
) -> None:
    silent(office)
    _rewrite(office, f"UPDATE delivery SET state = '{state}', reason = 'as tested'")
    office.until(BOOKED)
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(0,)]
    assert taken(office) == 0
    assert notice_of(office)[3] == "not_told"
    (task,) = rows_of(office, "SELECT text FROM task WHERE kind = 'call_back'")
    assert "the notice reached nobody who decides" in task[0]
    assert rows_of(office, "SELECT state, proposed_day FROM rollout") == [("invited", None)]


def test_an_address_that_bounced_after_all_was_no_notice(office: Office) -> None:
    silent(office)
    _rewrite(office, "UPDATE contact SET suppressed_at = '2026-07-01', suppressed_why = 'bounced'")
    office.until(BOOKED)
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(0,)]
    assert notice_of(office)[3] == "not_told"


def test_where_nobody_can_be_written_to_no_day_is_put_down(office: Office) -> None:
    invited(office)
    _rewrite(office, "UPDATE contact SET suppressed_at = '2026-06-02', suppressed_why = 'bounced'")
    office.until(BOOKED)
    assert rows_of(office, "SELECT count(*) FROM put_down") == [(0,)]
    assert taken(office) == 0
    (task,) = rows_of(office, "SELECT text FROM task WHERE kind = 'not_told'")
    assert "no day was put down" in task[0]


def test_a_notice_that_left_late_still_gives_the_whole_window(office: Office) -> None:
    silent(office)
    _, _, until, _ = notice_of(office)
    late = datetime.combine(day_of(until), time(9), tzinfo=UTC)
    with office.store.writing() as session:
        session.execute(update(Delivery).values(settled_at=late))
    office.until(datetime.combine(day_of(until) + timedelta(days=4), time(9), tzinfo=UTC))
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(0,)]
    assert day_of(notice_of(office)[2]) == day_of(until) + timedelta(days=7)
    office.until(datetime.combine(day_of(until) + timedelta(days=11), time(9), tzinfo=UTC))
    assert rows_of(office, "SELECT how FROM agreement") == [("proposed_default",)]


def test_not_this_day_gives_the_place_back_and_somebody_calls(office: Office) -> None:
    rollout = silent(office)
    for _ in range(2):  # the same answer twice is one
        say_no(office, rollout)
    assert taken(office) == 0
    assert notice_of(office)[3] == "declined"
    (task,) = rows_of(office, "SELECT title, text FROM task WHERE kind = 'call_back'")
    assert "Kim Lee, owner" in task[1]
    assert "after noon" in task[1]
    office.until(BOOKED)
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(0,)]
    said = "SELECT count(*) FROM journal_entry WHERE what = 'day_given_back'"
    assert rows_of(office, said) == [(1,)]


def test_choosing_another_day_takes_the_place_along(office: Office) -> None:
    rollout = silent(office)
    minutes = taken(office)
    other = free(office, rollout)[6]
    agree_on(office, rollout, other)
    assert taken(office) == minutes
    office.until(BOOKED)
    kept = rows_of(office, "SELECT day, how FROM agreement")
    assert [(day_of(day), how) for day, how in kept] == [(other, "picked")]
    with pytest.raises(Conflict) as refused:
        say_no(office, rollout)
    assert refused.value.code == "not_put_down"


def test_a_question_without_an_answer_keeps_the_day_from_being_booked(office: Office) -> None:
    rollout = silent(office)
    with office.store.writing() as session:
        case = choice.open_case(session, rollout, office.now, 480)
        agree.ask(session, case, kind="question", text="Why?", chooser=KIM, now=office.now)
    office.until(BOOKED)
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(0,)]
    assert notice_of(office)[3] == "asked"


def test_a_day_that_was_closed_meanwhile_is_not_booked(office: Office) -> None:
    silent(office)
    _rewrite(office, "UPDATE rollout SET last_day = '2026-07-20'")
    office.until(BOOKED)
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(0,)]
    assert taken(office) == 0
    assert notice_of(office)[3] == "gone"


def test_a_held_campaign_books_nothing(office: Office) -> None:
    silent(office)
    _rewrite(office, "UPDATE campaign SET state = 'held'")
    office.until(BOOKED)
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(0,)]
    assert notice_of(office)[3] is None


def test_a_campaign_that_ends_gives_back_the_places_that_were_only_held(office: Office) -> None:
    silent(office)
    with office.store.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        launch.cancel(session, campaign, who=ADA, now=office.now)
    assert taken(office) == 0
    assert notice_of(office)[3] == "ended"


def _rewrite(office: Office, sql: str) -> None:
    with office.store.writing() as session:
        session.execute(text(sql))
