"""A vendor gives one customer a date of its own, with a source and an end."""

import email
import email.policy
from datetime import date

import pytest

from campaigns import choice, postponing
from campaigns.errors import Conflict, Invalid
from campaigns.models import Customer
from campaigns.register.changes import find_change
from campaigns.rules.calendar import DAY
from tests.campaigns.agree_kit import free, invited
from tests.kit import ADA, CHANGE, Office, add_customer, open_campaign, rollout_id, rows_of

LATER = date(2027, 3, 16)


def grant(office: Office, day: date = LATER, expires: date | None = None) -> None:
    with office.store.writing() as session:
        postponing.postpone(
            session,
            find_change(session, CHANGE.source_id),
            session.get_one(Customer, 1),
            day=day,
            evidence="portal notice 4711",
            expires_on=expires,
            who=ADA,
            now=office.now,
        )


def last_day(office: Office, rollout: int) -> date:
    with office.store.reading() as session:
        return choice.open_case(session, rollout, office.now, office.rt.day_minutes).terms.span.last


def test_its_own_date_opens_later_days_for_this_customer_alone(office: Office) -> None:
    rollout = invited(office)
    add_customer(office, name="Globex", domain="globex.example")
    before, usual = free(office, rollout)[-1], last_day(office, rollout)
    grant(office)
    assert last_day(office, rollout) == usual + (LATER - date(2026, 12, 15))
    assert free(office, rollout)[-1] > before
    [(day,)] = rows_of(office, "SELECT vendor_day FROM rollout WHERE id = :id", id=rollout)
    assert date.fromisoformat(str(day)) == LATER


def test_letters_name_the_customers_own_date(office: Office) -> None:
    add_customer(office)
    open_campaign(office)
    grant(office)
    office.later(hours=1)
    [envelope] = office.mail.letters
    letter = email.message_from_bytes(envelope.message, policy=email.policy.default)
    body = letter.get_body(("plain",))
    assert body is not None
    words = " ".join(body.get_content().split())
    assert "Tuesday 16 March 2027" in words
    assert "15 December 2026" not in words


def test_a_campaign_that_starts_later_knows_of_it(office: Office) -> None:
    add_customer(office)
    open_campaign(office, "An earlier one", start=False)
    grant(office)
    rollout = rollout_id(office, open_campaign(office))
    assert last_day(office, rollout) > date(2026, 12, 15)


def test_it_ends_by_itself_and_somebody_is_told(office: Office) -> None:
    rollout = invited(office)
    usual = last_day(office, rollout)
    grant(office, expires=office.now.date() + 10 * DAY)
    office.later(days=9)
    assert last_day(office, rollout) > usual
    office.later(days=3)
    assert last_day(office, rollout) == usual
    told = rows_of(office, "SELECT count(*) FROM task WHERE kind = 'postponement_over'")
    assert told == [(1,)]


def test_a_grant_without_a_source_or_after_its_end_is_refused(office: Office) -> None:
    invited(office)
    with pytest.raises(Invalid, match="expired already"):
        grant(office, expires=office.now.date() - DAY)
    with office.store.writing() as session, pytest.raises(Invalid, match="where the vendor"):
        postponing.postpone(
            session, find_change(session, CHANGE.source_id), session.get_one(Customer, 1),
            day=LATER, evidence=" ", expires_on=None, who=ADA, now=office.now,
        )  # fmt: skip


def test_the_newest_grant_holds_and_can_be_ended(office: Office) -> None:
    rollout = invited(office)
    usual = last_day(office, rollout)
    grant(office)
    grant(office, LATER + 7 * DAY)
    standing = "SELECT count(*) FROM vendor_postponement WHERE ended_at IS NULL"
    assert rows_of(office, standing) == [(1,)]
    with office.store.writing() as session:
        change, customer = find_change(session, CHANGE.source_id), session.get_one(Customer, 1)
        postponing.end_postponement(session, change, customer, who=ADA, now=office.now)
    assert last_day(office, rollout) == usual
    with office.store.writing() as session:
        change, customer = find_change(session, CHANGE.source_id), session.get_one(Customer, 1)
        with pytest.raises(Conflict, match="no date of its own"):
            postponing.end_postponement(session, change, customer, who=ADA, now=office.now)
