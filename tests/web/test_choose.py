"""The customer's page: the owner, a colleague, a stranger and a scanner open it."""

import email
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from campaigns import launch
from campaigns.boards.choosing_words import dated_by, meaning
from campaigns.models import (
    Agreement,
    Campaign,
    Contact,
    CustomerLink,
    JournalEntry,
    Milestone,
    Rollout,
    Task,
    TechnicianDay,
    VendorChange,
)
from campaigns.playbooks import shipped
from tests.kit import ADA, Office, add_customer, open_campaign, rollout_id
from tests.web.choose_kit import (
    add_people,
    at_once,
    confirm,
    contents,
    forms_on,
    link,
    links_on,
    nonce,
    review,
    signed,
    statements,
    value_of,
    web,
)

NORTHWIND = "Northwind Dental"


@pytest.fixture
def rollout(office: Office) -> int:
    """Northwind Dental has been invited; nobody has chosen."""
    add_customer(office)
    number = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    return number


@pytest.fixture
def kim(office: Office, rollout: int) -> str:
    """The path of the owner's page."""
    return link(office, "choose", rollout, "kim")


@pytest.fixture
def browser(office: Office) -> FlaskClient:
    return web(office).test_client()


def agreements(office: Office) -> list[Agreement]:
    with office.store.reading() as session:
        return list(session.scalars(select(Agreement).order_by(Agreement.id)))


def long(value: str) -> str:
    day = date.fromisoformat(value[:10])
    return f"{day:%A} {day.day} {day:%B %Y}"


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


def test_the_page_is_small(browser: FlaskClient, kim: str) -> None:
    assert len(browser.get(kim).data) < 30_000


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


def test_a_stranger_sees_one_and_the_same_page_whatever_is_wrong(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    tampered = browser.get(f"{kim[:-1]}{'b' if kim[-1] == 'a' else 'a'}")
    guide = link(office, "guide", rollout, "eve0").replace("/g/", "/c/")
    pages = [tampered, browser.get(guide), browser.get("/c/x"), browser.get(f"{kim}/ask/other")]
    with office.store.writing() as session:
        session.execute(update(Contact).where(Contact.name == "Kim Lee").values(left_at=office.now))
    pages.append(browser.get(kim))
    with office.store.writing() as session:
        session.execute(update(Contact).values(left_at=None))
        session.execute(update(Rollout).values(link_version=2))
    pages.append(browser.get(kim))
    with office.store.writing() as session:
        session.execute(update(Rollout).values(link_version=1))
        session.execute(update(CustomerLink).values(revoked_at=office.now))
    pages.append(browser.get(kim))
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert NORTHWIND not in pages[0].text
    assert "555-0134" in pages[0].text


def test_somebody_who_decides_no_more_cannot_use_the_link(
    office: Office, browser: FlaskClient, kim: str
) -> None:
    with office.store.writing() as session:
        session.execute(update(Contact).values(decision_maker=False, site_contact=False))
    assert browser.get(kim).status_code == 404


def crawl(browser: FlaskClient, start: str) -> set[str]:
    """HEAD and GET every address below the link, then every form as it stands."""
    todo, seen = [start], set()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        browser.head(path).close()
        page = browser.get(path)
        if page.mimetype != "text/html":
            page.close()
            continue
        for method, action, fields in forms_on(page):
            browser.open(action, method=method.upper(), data=fields)
        todo += [one for one in links_on(page) if one.startswith((start, "/static"))]
    return seen


@pytest.mark.parametrize("booked", [False, True])
def test_a_scanner_that_opens_and_sends_everything_as_it_is_changes_nothing(
    office: Office, browser: FlaskClient, rollout: int, kim: str, booked: bool
) -> None:
    if booked:
        confirm(browser, kim, value_of(office, rollout))
    before = contents(office)
    seen = crawl(browser, kim)
    assert len(seen) > 6
    page = review(browser, kim, value_of(office, rollout, 7))
    for _, action, fields in forms_on(page):
        assert browser.post(action, data=fields).status_code == 422
    assert contents(office) == before


BAD_CHOICES = ("", "x", "2026-12-08", "2026-13-45T18:00", "２０26-12-08T18:00", "\x00")


def test_a_form_without_a_choice_is_shown_again_and_names_the_field(
    office: Office, browser: FlaskClient, kim: str
) -> None:
    form = {"nonce": nonce(browser.get(kim))}
    for sent in (form, *({**form, "when": when} for when in BAD_CHOICES)):
        page = browser.post(f"{kim}/review", data=sent)
        assert page.status_code == 422
        assert 'id="when-error"' in page.text
        assert 'aria-describedby="when-error"' in page.text


def test_an_incomplete_confirmation_is_shown_again(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    form = signed(review(browser, kim, when), when)
    bad = ({"name": " "}, {"role": ""}, {"key": "x"}, {"version": "-1"}, {"when": "x"})
    fields = ("name", "role", "when", "when", "when")
    for change, field in zip(bad, fields, strict=True):
        page = browser.post(f"{kim}/confirm", data={**form, **change})
        assert page.status_code == 422
        assert f'id="{field}-error"' in page.text
    assert agreements(office) == []


def test_names_are_kept_as_written_but_without_control_characters(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    name = "<b>Zoë\x00\r\nBcc: x@evil.example</b> " + "x" * 300
    assert confirm(browser, kim, value_of(office, rollout), name=name).status_code == 303
    (made,) = agreements(office)
    assert made.by_name.startswith("<b>Zoë Bcc: x@evil.example</b> xxx")
    assert len(made.by_name) == 200
    assert "&lt;b&gt;Zoë" in browser.get(kim).text


def test_a_form_without_its_nonce_or_with_an_old_one_does_nothing(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    form = signed(review(browser, kim, when), when)
    office.clock.at += timedelta(days=3)
    for nonce_given in (form["nonce"], "", "x"):
        page = browser.post(f"{kim}/confirm", data={**form, "nonce": nonce_given})
        assert page.status_code == 400
        assert "open too long" in page.text
        assert f'href="{kim}"' in page.text
    assert agreements(office) == []


def test_a_nonce_of_another_link_does_not_fit(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    pat = link(office, "choose", rollout, "pat")
    form = {"nonce": nonce(browser.get(pat)), "when": value_of(office, rollout)}
    assert browser.post(f"{kim}/review", data=form).status_code == 400


def test_two_customers_want_the_last_place_and_one_of_them_gets_it(office: Office) -> None:
    add_customer(office)
    add_customer(office, "Harbour Legal", zone="Europe/London", country="GB")
    campaign = open_campaign(office)
    office.rt = replace(office.rt, day_minutes=100)  # a customer takes 70, Tess is alone
    app = web(office)
    calls, browsers, when = [], [], ""
    for name in (NORTHWIND, "Harbour Legal"):
        number = rollout_id(office, campaign, name)
        path = link(office, "choose", number, "kim")
        browser = app.test_client()
        when = when or value_of(office, number)
        form = signed(review(browser, path, when), when)
        browsers.append((browser, path))
        calls.append(lambda b=browser, p=path, f=form: b.post(f"{p}/confirm", data=f))
    answers = at_once(*calls)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert f"{long(when)} was just taken. These days are free:" in loser.text
    assert 'name="when"' in loser.text
    assert f'value="{when}"' not in loser.text
    assert len(agreements(office)) == 1
    with office.store.reading() as session:
        taken = session.scalars(select(TechnicianDay.taken).where(TechnicianDay.taken > 0)).all()
    assert taken == [70]


def test_two_clicks_on_confirm_are_one_booking_with_one_answer(
    office: Office, rollout: int, kim: str
) -> None:
    app = web(office)
    when = value_of(office, rollout)
    form = signed(review(app.test_client(), kim, when), when)
    send = [lambda: app.test_client().post(f"{kim}/confirm", data=form)] * 4
    answers = at_once(*send)
    assert [(one.status_code, one.location) for one in answers] == [(303, kim)] * 4
    assert send[0]().status_code == 303
    assert len(agreements(office)) == 1


def test_a_day_that_went_meanwhile_is_refused_before_the_confirmation(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    day = date.fromisoformat(when[:10])
    with office.store.writing() as session:
        row = {"lane": "tess@harbor.example", "day": day, "capacity": 480, "taken": 470}
        session.add(TechnicianDay(**row))
    page = review(browser, kim, when)
    assert page.status_code == 409
    assert f"{long(when)} was just taken" in page.text
    assert ">full<" in page.text


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


def test_after_the_last_day_for_changes_the_page_says_to_call(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    confirm(browser, kim, value_of(office, rollout))
    (made,) = agreements(office)
    page = review(browser, kim, value_of(office, rollout, 9))
    office.clock.at = made.instant - timedelta(days=1)
    fresh = nonce(browser.get(f"{kim}/ask/question"))
    form = {**signed(page, value_of(office, rollout, 9)), "nonce": fresh}
    refused = browser.post(f"{kim}/confirm", data=form)
    assert refused.status_code == 409
    assert "Call us" in refused.text
    booked = browser.get(kim).text
    assert "To change it now, call Dana Reyes" in booked
    assert "Cancel the date" not in booked
    assert browser.get(f"{kim}/change").location == kim
    assert browser.get(f"{kim}/cancel").location == kim
    assert len(agreements(office)) == 1


@pytest.mark.parametrize("state", ["finished", "cancelled"])
def test_a_campaign_that_is_over_shows_no_data(
    office: Office, browser: FlaskClient, rollout: int, kim: str, state: str
) -> None:
    form = {"nonce": nonce(browser.get(kim)), "when": value_of(office, rollout)}
    with office.store.writing() as session:
        session.execute(update(Campaign).values(state=state))
    before = contents(office)
    asked = {"nonce": form["nonce"], "text": "When?"}
    pages = [
        browser.get(kim),
        browser.post(f"{kim}/review", data=form),
        browser.get(f"{kim}/ask/question"),
        browser.post(f"{kim}/ask/question", data=asked),
    ]
    assert {page.status_code for page in pages} == {410}
    assert not any(NORTHWIND in page.text for page in pages)
    assert contents(office) == before


def test_a_campaign_on_hold_still_takes_dates(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    with office.store.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        launch.hold(session, campaign, why="the vendor moved", who=ADA, now=office.now)
    assert "paused at present" in browser.get(kim).text
    assert confirm(browser, kim, value_of(office, rollout)).status_code == 303


def test_where_no_day_is_left_the_page_offers_to_ask(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    with office.store.writing() as session:
        session.execute(update(Rollout).values(last_day=office.now.date()))
    page = browser.get(kim)
    assert page.status_code == 200
    assert "No day is left to choose" in page.text
    assert f'href="{kim}/ask/none-fit"' in page.text
    assert 'name="when"' not in page.text


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


def test_once_the_work_has_begun_the_date_stands(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    confirm(browser, kim, value_of(office, rollout))
    with office.store.writing() as session:
        session.execute(update(Rollout).values(state="implementing"))
    page = browser.get(kim)
    assert "can no longer be changed" in page.text
    assert 'name="when"' not in page.text


def test_a_page_costs_the_same_statements_for_ten_people_and_ten_thousand(office: Office) -> None:
    add_customer(office)
    add_customer(office, "Harbour Legal", zone="Europe/London", country="GB")
    add_people(office, "Harbour Legal", 10_000)
    campaign = open_campaign(office)
    browser = web(office).test_client()
    counts = []
    for name in (NORTHWIND, "Harbour Legal"):
        number = rollout_id(office, campaign, name)
        path = link(office, "choose", number, "kim")
        with statements(office) as reading:
            assert browser.get(path).status_code == 200
        when = value_of(office, number, 3 if name == NORTHWIND else 6)
        form = signed(review(browser, path, when), when)
        with statements(office) as agreeing:
            assert browser.post(f"{path}/confirm", data=form).status_code == 303
        counts.append((len(reading), len(agreeing)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 20


def change_of(**more: object) -> VendorChange:
    known = {"vendor": "Microsoft", "title": "T", "text": "Text of it.", "evidence": "mfa"}
    return VendorChange(**{**known, **more})


def milestone(kind: str, day: date | None, precision: str = "day") -> Milestone:
    return Milestone(kind=kind, day=day, precision=precision)


TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("milestones", "headline", "about"),
    [
        ([("starts", date(2027, 2, 9))], "From Tuesday 9 February 2027, Microsoft asks", ""),
        ([("starts", date(2026, 10, 1), "quarter")], "From the fourth quarter of 2026, Micr", ""),
        ([("completes", date(2026, 10, 1), "month")], "By October 2026, Microsoft asks", ""),
        ([("starts", date(2025, 2, 9))], "Since Sunday 9 February 2025, Microsoft asks", ""),
        ([], "Microsoft is going to ask", "has not given a date yet"),
        (
            [("starts", date(2027, 2, 9)), ("on-hold", None)],
            "Microsoft is going to ask",
            "has put its date, Tuesday 9 February 2027, on hold",
        ),
    ],
)
def test_the_headline_claims_no_more_than_is_known(
    milestones: list[tuple[str, date | None]], headline: str, about: str
) -> None:
    dated = dated_by([milestone(*one) for one in milestones], TODAY, TODAY)
    book = shipped("authentication-all-users")
    said = meaning(change_of(), dated, book, NORTHWIND, "It stops.")
    assert said.headline.startswith(headline)
    assert about in said.about


def test_what_people_have_to_do_follows_from_the_playbook() -> None:
    dated = dated_by([milestone("end-of-support", date(2026, 10, 13))], TODAY, TODAY)
    change = change_of(title="Windows 10 runs out of support", evidence="none")
    said = meaning(change, dated, shipped("end-of-support"), NORTHWIND, "It stops.")
    assert said.headline == "Windows 10 runs out of support."
    assert "The date that Microsoft gives is Tuesday 13 October 2026." in said.about
    before = {
        name: dict(meaning(change, dated, shipped(name), NORTHWIND, "").parts)["Before the day"]
        for name in ("end-of-support", "back-end-retirement", "authentication-admins")
    }
    assert "5 minutes" not in before["end-of-support"]
    assert "Nobody else gets letters" in before["back-end-retirement"]
    assert "Only administrators" in before["authentication-admins"]


def test_the_page_with_all_it_needs_fits_into_sixty_kilobytes(
    browser: FlaskClient, kim: str
) -> None:
    page = browser.get(kim)
    total = len(page.data)
    for address in links_on(page):
        if address.startswith("/static"):
            part = browser.get(address, headers={"Accept-Encoding": "gzip, br"})
            assert part.headers["Vary"] == "Accept-Encoding"
            assert part.headers["Content-Encoding"] == "gzip"
            total += len(part.data)
            part.close()
    assert total < 60_000
