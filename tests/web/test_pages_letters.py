"""Letters as they were sent, and those that may or may not have arrived."""

from flask import Flask
from sqlalchemy import select

from campaigns.journal import verify
from campaigns.models import Delivery, JournalEntry
from tests.kit import Office, sent
from tests.web.board_kit import (
    at_work,
    forms_on,
    northwind,
    words_on,
)
from tests.web.engines import ON_SQLITE

pytestmark = ON_SQLITE


def uncertain(office: Office) -> str:
    """The invitation may or may not have arrived; its public id."""
    with office.store.writing() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.state == "sent")).one()
        delivery.state, delivery.reason = "uncertain", "the connection broke"
        return delivery.public_id


def journal(office: Office) -> list[tuple[str, str]]:
    with office.store.reading() as session:
        assert verify(session) == []
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.id))
        return [(e.what, e.who) for e in entries]


def test_an_uncertain_letter_goes_out_again_under_the_same_id(office: Office, app: Flask) -> None:
    northwind(office)
    letter = uncertain(office)
    dana = at_work(office, app, "Dana")
    page = dana.get("/")
    assert "may or may not have arrived" in words_on(page)
    assert {f"/letters/{letter}/again", f"/letters/{letter}/leave"} <= set(forms_on(page))
    dana.follow(f"/letters/{letter}/again", back="/")
    office.later(minutes=5)
    first, second = sent(office)
    assert first.message_id == second.message_id
    assert dana.post(f"/letters/{letter}/leave").status_code == 409
    assert ("uncertain_sent_again", "dana@harbor.example") in journal(office)


def test_an_uncertain_letter_that_is_left_is_taken_as_sent(office: Office, app: Flask) -> None:
    northwind(office)
    letter = uncertain(office)
    dana = at_work(office, app, "Dana")
    dana.follow(f"/letters/{letter}/leave", back=f"/letters/{letter}")
    office.later(minutes=5)
    assert len(sent(office)) == 1
    assert "taken as sent by dana@harbor.example" in words_on(dana.get(f"/letters/{letter}"))
    assert ("uncertain_left", "dana@harbor.example") in journal(office)


def test_a_letter_is_shown_as_it_was_sent_but_without_the_personal_link(
    office: Office, app: Flask
) -> None:
    northwind(office)
    (letter,) = sent(office)
    otto = at_work(office, app, "Otto")
    page = otto.get(f"/letters/{letter.delivery}")
    words = words_on(page)
    assert letter.subject in words
    assert letter.message_id in words
    assert "(personal link)" in words
    html = otto.get(f"/letters/{letter.delivery}/html")
    policy = html.headers["Content-Security-Policy"]
    assert policy.endswith("sandbox")
    assert "script-src" not in policy
    for shown in (page.text, html.text):
        assert "/c/" not in shown
        assert "personal-link-hidden" not in shown


def test_a_letter_that_never_left_says_why(office: Office, app: Flask) -> None:
    northwind(office)
    with office.store.writing() as session:
        delivery = session.scalars(select(Delivery)).one()
        delivery.letter_version = delivery.facts = None
        delivery.state, delivery.reason = "skipped", "has left"
    dana = at_work(office, app, "Dana")
    words = words_on(dana.get(f"/letters/{delivery.public_id}"))
    assert "has left" in words
    assert "never put together" in words
    assert dana.get(f"/letters/{delivery.public_id}/html").status_code == 404


def test_a_letter_that_went_on_another_day_says_why(office: Office, app: Flask) -> None:
    """The proposal would fall on a Sunday; the customer's own page in the office says so, too."""
    customer, _ = northwind(office)
    office.later(days=22)
    [letter] = [one for one in sent(office) if one.step == "propose"]
    dana = at_work(office, app, "Dana")
    why = "sent earlier: Sun 21 Jun 2026 is a day off"
    assert why in words_on(dana.get(f"/letters/{letter.delivery}"))
    assert why in words_on(dana.get(f"/customers/{customer}"))
