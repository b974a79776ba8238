"""The rules of a zone change after planning: the promise stays, the instant moves, once."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar

from campaigns import journal, rezone
from tests.campaigns.agree_kit import free, invited
from tests.kit import ADA, Office, agree_on, rows_of, sent
from tests.zone_rules import rules

NO_SUMMER_TIME = {"Europe__Berlin": "CET-1"}
HOUR = timedelta(hours=1)


def entries(office: Office) -> list[tuple[str, str, int, datetime]]:
    """(step, uid, sequence, start) of every calendar entry that was sent."""
    found = []
    for envelope in office.mail.letters:
        letter = email.message_from_bytes(envelope.message, policy=email.policy.default)
        for part in letter.walk():
            if part.get_content_type() == "text/calendar":
                calendar = Calendar.from_ical(part.get_payload(decode=True))
                [event] = calendar.walk("VEVENT")
                place = letter["X-Rollout-Step"], str(event["uid"]), int(event["sequence"])
                found.append((*place, event.decoded("dtstart").astimezone(UTC)))
    return list(dict.fromkeys(found))


def apply(office: Office) -> rezone.Moved:
    with office.store.writing() as session:
        return rezone.rezone(session, who=ADA, now=office.now)


def preview(office: Office) -> rezone.Moved:
    with office.store.reading() as session:
        return rezone.moved(session, office.now)


def test_while_the_rules_stand_nothing_moves(office: Office) -> None:
    rollout = invited(office)
    agree_on(office, rollout, free(office, rollout)[0])
    assert preview(office) == rezone.Moved()
    assert apply(office) == rezone.Moved()


def test_a_change_of_rules_keeps_the_promise_and_moves_the_instant(
    office: Office, tmp_path: Path
) -> None:
    rollout = invited(office)
    made = agree_on(office, rollout, free(office, rollout)[0])
    assert made.instant is not None
    with rules(tmp_path, **NO_SUMMER_TIME):
        found = apply(office)
        [date] = found.dates
        assert (date.customer, date.local, date.zone) == (
            "Northwind Dental",
            made.local,
            "Europe/Berlin",
        )
        assert (date.was, date.now) == (made.instant, made.instant + HOUR)
        assert {touch.now - touch.was for touch in found.contacts} == {HOUR}
        assert "today" in {touch.step for touch in found.contacts}
    [(day, at)] = rows_of(office, "SELECT day, local_time FROM agreement")
    assert (str(day), str(at)[:5]) == (str(made.day), "18:00")


def test_looking_first_moves_nothing_and_lists_the_same(office: Office, tmp_path: Path) -> None:
    rollout = invited(office)
    agree_on(office, rollout, free(office, rollout)[0])
    with rules(tmp_path, **NO_SUMMER_TIME):
        ahead = preview(office)
        assert ahead.dates
        assert preview(office) == ahead
        assert apply(office) == ahead
        assert preview(office) == rezone.Moved()


def test_who_decides_gets_one_new_entry_under_the_same_identity(
    office: Office, tmp_path: Path
) -> None:
    rollout = invited(office)
    made = agree_on(office, rollout, free(office, rollout)[0])
    office.later(minutes=1)
    assert made.instant is not None
    with rules(tmp_path, **NO_SUMMER_TIME):
        apply(office)
        apply(office)
        office.later(days=1)
        apply(office)
        office.later(days=1)
        letters = [one for one in sent(office) if one.step.startswith("new-invitation")]
        assert [one.address for one in letters] == ["kim@northwind-dental.example"]
        [first, second] = entries(office)
    assert first[1] == second[1]
    assert (first[2], second[2]) == (0, 1)
    assert (first[3], second[3]) == (made.instant, made.instant + HOUR)


def test_rules_that_change_back_send_an_entry_again_and_a_later_date_counts_on(
    office: Office, tmp_path: Path
) -> None:
    rollout = invited(office)
    days = free(office, rollout)
    agree_on(office, rollout, days[0])
    office.later(minutes=1)
    with rules(tmp_path, **NO_SUMMER_TIME):
        apply(office)
        office.later(days=1)
    apply(office)
    office.later(days=1)
    agree_on(office, rollout, days[4])
    office.later(minutes=1)
    found = entries(office)
    assert [step for step, *_ in found] == [
        "confirm",
        "new-invitation",
        "new-invitation-2",
        "moved",
    ]
    assert [sequence for _, _, sequence, _ in found] == [0, 1, 2, 3]


def test_letters_leave_by_the_new_rules_each_once(office: Office, tmp_path: Path) -> None:
    rollout = invited(office)
    made = agree_on(office, rollout, free(office, rollout)[0])
    with rules(tmp_path, **NO_SUMMER_TIME):
        apply(office)
        assert made.instant is not None
        office.until(made.instant + timedelta(days=8))
        letters = [one for one in sent(office) if one.step in ("tomorrow", "today")]
        there = {(one.step, one.at.astimezone(ZoneInfo("Europe/Berlin"))) for one in letters}
        assert {(step, f"{at:%H:%M}") for step, at in there} == {
            ("tomorrow", "09:00"),
            ("today", "07:30"),
        }
        assert {at.utcoffset() for _, at in there} == {HOUR}
    assert len({(one.step, one.address) for one in letters}) == len(letters)


def test_a_day_on_which_no_rule_changed_stays_and_what_moved_is_in_the_journal(
    office: Office, tmp_path: Path
) -> None:
    rollout = invited(office)
    agree_on(office, rollout, free(office, rollout)[0])
    with rules(tmp_path, Europe__Paris="CET-1"):
        assert apply(office) == rezone.Moved()
    with rules(tmp_path, **NO_SUMMER_TIME):
        apply(office)
    entries_of = "SELECT who, what, subject FROM journal_entry WHERE what = 'zone_rules_changed'"
    assert rows_of(office, entries_of) == [
        ("ada@harbor.example", "zone_rules_changed", "MFA for everyone: Northwind Dental")
    ]
    with office.store.reading() as session:
        assert journal.verify(session) == []


def test_a_promised_time_that_the_new_rules_leave_out_is_shown_as_shifted(
    office: Office, tmp_path: Path
) -> None:
    rollout = invited(office)
    day = free(office, rollout)[0]
    agree_on(office, rollout, day)
    # From this very evening, 18:00 becomes 19:00: `Jn/hour` counts days from 1 to 365.
    number = day.timetuple().tm_yday - (day.year % 4 == 0 and day.month > 2)
    with rules(tmp_path, Europe__Berlin=f"CET-1CEST,J{number}/18,J{number + 30}"):
        [date] = apply(office).dates
        assert date.shifted
        assert f"{date.local:%H:%M}" == "18:00"
        assert f"{date.now.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" == "19:00"


def test_what_is_over_or_held_back_stays_as_it_was(office: Office, tmp_path: Path) -> None:
    rollout = invited(office)
    made = agree_on(office, rollout, free(office, rollout)[0])
    assert made.instant is not None
    office.until(made.instant + timedelta(hours=2))
    with rules(tmp_path, **NO_SUMMER_TIME):
        found = apply(office)
        assert found.dates == ()
        assert found.touches
        office.later(days=1)
    assert [one.step for one in sent(office) if one.step.startswith("new-")] == []


def test_staff_are_asked_once_to_look_and_running_it_is_the_answer(
    office: Office, tmp_path: Path
) -> None:
    rollout = invited(office)
    agree_on(office, rollout, free(office, rollout)[0])
    tasks = "SELECT title, done_by FROM task WHERE kind = 'zone_rules'"
    assert not remind(office)
    with rules(tmp_path, **NO_SUMMER_TIME):
        assert [remind(office) for _ in range(3)] == [True, False, False]
        assert rows_of(office, tasks) == [("The rules of a time zone have changed", None)]
        apply(office)
        assert not remind(office)
    assert [who for _, who in rows_of(office, tasks)] == ["ada@harbor.example"]


def remind(office: Office) -> bool:
    with office.store.writing() as session:
        return rezone.remind(session, office.now)
