"""A touch falls due: people are looked up then, and whoever is skipped keeps the reason."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaigns import register
from campaigns.models import Delivery, Touch
from campaigns.rules.records import ContactRecord
from tests.campaigns.fan_out_kit import HOME, agreed, berlin, reasons, told
from tests.kit import ADA, Office, add_customer, open_campaign, parsed, rows_of, sent
from tests.people_kit import change_contact, import_words, word_of
from workers.courier import deliver
from workers.opening import open_due


def test_somebody_who_joined_after_the_agreement_is_told(office: Office) -> None:
    _, _, day = agreed(office)
    with office.store.writing() as session:
        row = ContactRecord("Northwind Dental", "New Ann", f"ann@{HOME}")
        register.import_contacts(session, parsed(row), who=ADA, now=office.now)
    office.until(berlin(day, time(20)))
    for step in ("announce", "tomorrow", "today"):
        assert "ann" in told(office, step)


def test_somebody_who_left_is_skipped_or_not_looked_up_at_all(office: Office) -> None:
    _, _, day = agreed(office)
    change_contact(office, f"eve0@{HOME}", left_at=office.now)
    office.until(berlin(day, time(20)))
    assert f"eve0@{HOME}" not in {letter.address for letter in sent(office)}


def test_somebody_who_leaves_between_opening_and_sending_is_skipped_with_the_reason(
    office: Office,
) -> None:
    _, _, day = agreed(office)
    office.until(berlin(day - timedelta(days=30), time(8)))
    office.clock.move_to(berlin(day - timedelta(days=30)))
    open_due(office.rt, office.now)
    change_contact(office, f"eve0@{HOME}", left_at=office.now)
    deliver(office.rt, office.now)
    assert reasons(office, "announce")[f"eve0@{HOME}"] == ("skipped", "has left")
    assert told(office, "announce") == {"kim", "pat", "eve1", "eve2"}


def test_people_done_by_evidence_hear_only_of_the_day_itself_and_the_end(office: Office) -> None:
    _, _, day = agreed(office)
    import_words(office, word_of(f"eve0@{HOME}", 2), word_of(f"eve1@{HOME}", 1))
    office.until(berlin(day + timedelta(days=10)))
    letters = [letter for letter in sent(office) if letter.address == f"eve0@{HOME}"]
    assert [letter.step for letter in letters] == ["today", "thanks"]
    assert "deadline" in {x.step for x in sent(office) if x.address == f"eve1@{HOME}"}
    state, why = reasons(office, "deadline")[f"eve0@{HOME}"]
    assert state == "skipped"
    assert why is not None
    assert "done" in why


def test_people_done_between_opening_and_sending_get_no_reminder(office: Office) -> None:
    _, _, day = agreed(office)
    office.until(berlin(day - timedelta(days=7), time(8)))
    office.clock.move_to(berlin(day - timedelta(days=7)))
    open_due(office.rt, office.now)
    assert reasons(office, "deadline")[f"eve0@{HOME}"][0] == "due"
    import_words(office, word_of(f"eve0@{HOME}", 3))
    deliver(office.rt, office.now)
    assert reasons(office, "deadline")[f"eve0@{HOME}"][0] == "skipped"
    assert told(office, "deadline") == {"kim", "pat", "eve1", "eve2"}


@pytest.mark.parametrize(
    ("why", "said"), [("mail came back", "mail came back"), (None, "no reason given")]
)
def test_an_address_that_is_not_used_any_more_gets_nothing(
    office: Office, why: str | None, said: str
) -> None:
    _, _, day = agreed(office)
    change_contact(office, f"eve0@{HOME}", suppressed_at=office.now, suppressed_why=why)
    office.until(berlin(day, time(20)))
    assert f"eve0@{HOME}" not in {letter.address for letter in sent(office)}
    state, reason = reasons(office, "today")[f"eve0@{HOME}"]
    assert state == "skipped"
    assert said in str(reason)


def test_guests_rooms_and_shared_boxes_are_not_written_to(office: Office) -> None:
    _, _, day = agreed(office)
    for address, kind in (("eve0", "guest"), ("eve1", "room"), ("eve2", "shared")):
        change_contact(office, f"{address}@{HOME}", kind=kind)
    office.until(berlin(day, time(20)))
    assert told(office, "today") == {"kim", "pat"}


def test_a_site_without_a_site_contact_asks_who_decides(office: Office) -> None:
    _, _, day = agreed(office, place=12)
    change_contact(office, f"pat@{HOME}", site_contact=False)
    office.until(berlin(day - timedelta(days=44)))
    assert told(office, "user-list") == {"kim"}


def test_a_customer_without_anybody_who_decides_becomes_a_task(office: Office) -> None:
    add_customer(office)
    change_contact(office, f"kim@{HOME}", decision_maker=False)
    open_campaign(office)
    office.later(days=10)
    assert sent(office) == []
    tasks = rows_of(office, "SELECT kind FROM task WHERE done_at IS NULL AND rollout_id > 0")
    assert ("name_contact",) in tasks


def test_one_touch_and_one_person_are_one_delivery(office: Office) -> None:
    add_customer(office)
    open_campaign(office)
    office.later(hours=1)
    with office.store.reading() as session:
        first = session.scalars(select(Delivery)).one()
    with pytest.raises(IntegrityError), office.store.writing() as session:
        session.add(
            Delivery(
                public_id="another",
                touch_id=first.touch_id,
                contact_id=first.contact_id,
                state="due",
                next_try=office.now,
                created_at=office.now,
            )
        )


def test_one_rollout_step_and_agreement_are_one_touch(office: Office) -> None:
    add_customer(office)
    open_campaign(office)
    with office.store.reading() as session:
        first = session.scalars(select(Touch)).first()
    assert first is not None
    with pytest.raises(IntegrityError), office.store.writing() as session:
        session.add(
            Touch(
                rollout_id=first.rollout_id,
                step_id=first.step_id,
                version=first.version,
                day=first.day,
                due=first.due,
                valid_until=first.valid_until,
            )
        )


def test_a_letter_whose_time_has_passed_does_not_leave(office: Office) -> None:
    _, _, day = agreed(office)
    office.until(berlin(day - timedelta(days=1), time(8)))
    office.clock.move_to(berlin(day, time(0, 1)))  # asleep over the day before
    office.later(hours=1)
    assert told(office, "tomorrow") == set()
    skipped = rows_of(
        office,
        "SELECT touch.state, touch.reason FROM touch JOIN step ON step.id = touch.step_id"
        " WHERE step.key = 'tomorrow' AND touch.version = 1",
    )
    assert [state for state, _ in skipped] == ["skipped"]


def test_an_opened_letter_whose_time_passes_before_it_leaves_expires(office: Office) -> None:
    _, _, day = agreed(office)
    office.until(berlin(day - timedelta(days=1), time(8)))
    office.clock.move_to(berlin(day - timedelta(days=1), time(10)))
    open_due(office.rt, office.now)
    office.clock.move_to(berlin(day, time(0, 1)))
    deliver(office.rt, office.now)
    assert told(office, "tomorrow") == set()
    assert {state for state, _ in reasons(office, "tomorrow").values()} == {"expired"}
