"""The customer's page: the owner and a colleague choose, move, cancel and ask."""

import email
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from campaigns.models import (
    JournalEntry,
    Task,
)
from tests.kit import Office, add_customer, open_campaign, rollout_id
from tests.web.choose_kit import (
    agreements,
    confirm,
    link,
    long,
    nonce,
    review,
    signed,
    value_of,
)


def test_the_page_says_what_comes_what_it_costs_and_which_days_are_free(
    browser: FlaskClient, kim: str
) -> None:
    page = browser.get(kim)
    assert page.status_code == 200
    text = " ".join(re.sub("<[^>]+>", " ", page.text).split())
    in_order = (
        "Harbor IT",
        "Dana Reyes, 555-0134",
        "From Tuesday 15 December 2026, Microsoft asks for a second step",
        "We will switch it on for Northwind Dental on a day that suits you.",
        "your 5 people",
        "About 5 minutes each",
        "we are by the phone",
        "If you do nothing",
        "Times are Berlin time",
        "No day is chosen yet",
        "Review",
        "What happens next",
    )
    places = [text.find(part) for part in in_order]
    assert -1 not in places, in_order[places.index(-1)]
    assert places == sorted(places)


def test_nothing_is_preselected_and_no_cookie_is_set(browser: FlaskClient, kim: str) -> None:
    page = browser.get(kim)
    assert not re.search(r"<input[^>]*\schecked", page.text)
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"


def test_the_owner_chooses_looks_it_over_and_confirms(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    page = review(browser, kim, when)
    assert f"{long(when)}, 18:00 Berlin" in page.text
    assert "5 people" in page.text
    assert 'value="Kim Lee"' in page.text
    assert agreements(office) == []
    answer = browser.post(f"{kim}/confirm", data=signed(page, when))
    assert (answer.status_code, answer.location) == (303, kim)
    (made,) = agreements(office)
    assert (made.day.isoformat(), f"{made.local_time:%H:%M}") == (when[:10], "18:00")
    assert (made.by_name, made.by_role, made.how) == ("Kim Lee", "owner", "picked")
    booked = browser.get(kim).text
    assert "Booked" in booked
    assert "Add to calendar" in booked
    assert "Change the date" in booked
    assert "It is tomorrow" in booked


def test_a_colleague_with_another_link_moves_the_date(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    pat = link(office, "choose", rollout, "pat")
    confirm(browser, kim, value_of(office, rollout))
    assert "Kim Lee, owner" in browser.get(pat).text
    page = browser.get(f"{pat}/change")
    assert "Change the date" in page.text
    assert "agreed" in page.text
    later = value_of(office, rollout, 6)
    assert confirm(browser, pat, later, name="Pat Ode", role="office manager").status_code == 303
    assert [made.how for made in agreements(office)] == ["picked", "moved"]
    assert long(later) in browser.get(kim).text


def test_whoever_confirms_what_a_colleague_has_just_changed_is_told_so(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    pat = link(office, "choose", rollout, "pat")
    first, second = value_of(office, rollout), value_of(office, rollout, 6)
    page = review(browser, pat, second)
    confirm(browser, kim, first)
    answer = browser.post(f"{pat}/confirm", data=signed(page, second))
    assert answer.status_code == 409
    assert "Somebody else changed the date" in answer.text
    assert long(first) in answer.text
    assert len(agreements(office)) == 1


def test_closed_days_say_why_and_months_turn_by_links(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    page = browser.get(f"{kim}?month=2026-10")
    assert "October 2026" in page.text
    assert "We do not switch on Mondays." in page.text
    assert "Weekend." in page.text
    assert f'href="{kim}?month=2026-09#days"' in page.text
    assert f'href="{kim}?month=2026-11#days"' in page.text
    for odd in ("x", "2026-99", "9999-12", "0001-01", "2026-1é"):
        assert browser.get(kim, query_string={"month": odd}).status_code == 200


def test_times_are_the_customers_own(office: Office, browser: FlaskClient) -> None:
    add_customer(office, "Sydney Surf", zone="Australia/Sydney", country="AU")
    number = rollout_id(office, open_campaign(office), "Sydney Surf")
    path = link(office, "choose", number, "kim")
    assert "Times are Sydney time" in browser.get(path).text
    when = value_of(office, number, time=0)
    confirm(browser, path, when)
    (made,) = agreements(office)
    assert (f"{made.local_time:%H:%M}", made.zone) == ("08:00", "Australia/Sydney")
    assert made.instant.hour in (21, 22)


def test_somebody_who_comes_back_halfway_reads_that_nothing_is_saved(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    back = re.search(r'href="([^"]+seen=[^"]+)"', review(browser, kim, when).text)
    assert back
    page = browser.get(back[1].replace("&amp;", "&"))
    assert "It is not saved yet" in page.text
    assert "checked" not in page.text
    assert browser.get(f"{kim}/review").location == kim
    assert browser.get(f"{kim}?seen=nonsense").status_code == 200


def test_a_date_is_cancelled_and_another_chosen(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    confirm(browser, kim, value_of(office, rollout))
    page = browser.get(f"{kim}/cancel")
    form = signed(page, "")
    assert browser.post(f"{kim}/cancel", data=form).status_code == 422  # the box is not ticked
    sure = {**form, "sure": "yes"}
    assert browser.post(f"{kim}/cancel", data={**sure, "role": ""}).status_code == 422
    assert browser.post(f"{kim}/cancel", data=sure).status_code == 303
    assert browser.post(f"{kim}/cancel", data=sure).status_code == 303
    assert "cancelled by Kim Lee" in browser.get(kim).text
    assert browser.get(f"{kim}/appointment.ics").status_code == 404
    assert confirm(browser, kim, value_of(office, rollout, 6)).status_code == 303
    assert [made.how for made in agreements(office)] == ["picked", "withdrawn", "picked"]


def test_the_calendar_entry_is_the_one_of_the_letter(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    confirm(browser, kim, value_of(office, rollout))
    confirm(browser, kim, value_of(office, rollout, 6))
    office.later(hours=2)
    entry = browser.get(f"{kim}/appointment.ics")
    assert entry.mimetype == "text/calendar"
    lines = entry.text.replace("\r\n ", "").splitlines()
    uid = next(line for line in lines if line.startswith("UID:"))
    assert "SEQUENCE:1" in lines
    moved = next(
        letter
        for one in office.mail.letters
        if (letter := email.message_from_bytes(one.message))["X-Rollout-Step"] == "moved"
    )
    attached = next(part for part in moved.walk() if part.get_content_type() == "text/calendar")
    sent = attached.get_payload(decode=True).decode().replace("\r\n ", "").splitlines()
    start = next(line for line in lines if line.startswith("DTSTART"))
    assert {uid, start, "SEQUENCE:1"} <= set(sent)


@pytest.mark.parametrize(
    ("slug", "kind"),
    [("question", "question"), ("none-fit", "none_fit"), ("wrong-person", "wrong_person")],
)
def test_questions_become_tasks(
    office: Office, browser: FlaskClient, kim: str, slug: str, kind: str
) -> None:
    form = {
        "nonce": nonce(browser.get(f"{kim}/ask/{slug}")),
        "text": "Only after the 20th\x00, please",
    }
    assert browser.post(f"{kim}/ask/{slug}", data={**form, "text": " "}).status_code == 422
    for _ in range(2):
        answer = browser.post(f"{kim}/ask/{slug}", data=form)
        assert answer.location == f"{kim}/thanks/{slug}"
    assert "Thank you" in browser.get(answer.location).text
    with office.store.reading() as session:
        (task,) = session.scalars(select(Task).where(Task.kind == kind)).all()
        assert "Kim Lee wrote: Only after the 20th , please" in task.text
        assert session.scalars(
            select(JournalEntry).where(JournalEntry.what == f"asked_{kind}")
        ).one()
