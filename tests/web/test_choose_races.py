"""Two want the same place, or one clicks twice."""

from dataclasses import replace
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select

from campaigns.models import (
    TechnicianDay,
)
from tests.kit import Office, add_customer, open_campaign, rollout_id
from tests.web.choose_kit import (
    NORTHWIND,
    agreements,
    at_once,
    link,
    long,
    review,
    signed,
    value_of,
    web,
)


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
