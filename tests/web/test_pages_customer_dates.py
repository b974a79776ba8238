"""Dates agreed by phone, dates taken back, and links that went astray."""

import re
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from campaigns.models import (
    Agreement,
    CustomerLink,
)
from tests.kit import (
    Office,
    agree_on,
    rows_of,
)
from tests.web.board_kit import (
    at_work,
    contact_id,
    forms_on,
    northwind,
    open_day,
    steps,
    stranger,
    words_on,
)
from tests.web.engines import ON_SQLITE

pytestmark = ON_SQLITE


def test_a_date_agreed_by_phone_is_booked_once(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    tess = at_work(office, app, "Tess")
    where = f"/customers/{customer}/rollouts/{rollout}"
    assert "Open without asking" in words_on(tess.get(f"{where}/date"))
    form = {"version": "0", "date": str(open_day(office, rollout, 2)), "time": "12:30"}
    page = tess.follow(f"{where}/date", **form)
    assert "The confirmation goes out now." in words_on(page)
    assert tess.post(f"{where}/date", **form).status_code == 303
    with office.store.reading() as session:
        (made,) = session.scalars(select(Agreement)).all()
    assert (made.how, made.by_name, made.by_role, made.by_staff) == (
        "by_staff",
        "Tess Ruiz",
        "technician",
        "tess@harbor.example",
    )
    assert steps(office, customer).count("date_agreed") == 1


def test_a_date_that_cannot_be_had_comes_back_to_its_field(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/rollouts/{rollout}/date"
    sunday = dana.post(where, version="0", date="2026-09-06", time="18:00")
    assert sunday.status_code == 409
    assert "cannot be had. Weekend." in words_on(sunday)
    assert 'value="2026-09-06"' in sunday.text
    assert 'aria-invalid="true"' in sunday.text
    agree_on(office, rollout, open_day(office, rollout, 0))
    stale = dana.post(where, version="0", date=str(open_day(office, rollout, 4)), time="18:00")
    assert stale.status_code == 409
    assert "The date changed while this page was open." in words_on(stale)
    with office.store.reading() as session:
        assert len(session.scalars(select(Agreement)).all()) == 1


def test_a_withdrawn_date_is_free_again(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    agree_on(office, rollout, open_day(office, rollout, 0))
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/rollouts/{rollout}/withdraw"
    assert where in forms_on(dana.get(where.replace("withdraw", "date")))
    dana.follow(where, version="1")
    assert dana.post(where, version="1").status_code == 303
    assert rows_of(office, "SELECT taken FROM technician_day WHERE taken > 0") == []
    assert steps(office, customer).count("date_withdrawn") == 1


def test_new_links_shut_the_old_ones_and_the_next_letters_carry_the_new(
    office: Office, app: Flask
) -> None:
    customer, rollout = northwind(office)
    old = paths(office, "/c/")
    tess = at_work(office, app, "Tess")
    guide = office.rt.links.row("guide", rollout, contact_id(office, "eve0"), 1, office.now)
    with office.store.writing() as session:
        session.add(CustomerLink(**guide))
    tess.follow(f"/customers/{customer}/rollouts/{rollout}/links")
    assert live(office, rollout) == {("choose", 2), ("guide", 1), ("guide", 2)}
    assert stranger(app).get(old[-1]).status_code == 404
    tess.follow(f"/customers/{customer}/rollouts/{rollout}/links", guides="1")
    assert live(office, rollout) == {("choose", 3), ("guide", 3)}
    office.later(days=8)
    fresh = paths(office, "/c/")[-1]
    assert fresh != old[-1]
    assert stranger(app).get(fresh).status_code == 200
    assert steps(office, customer).count("links_renewed") == 2


def live(office: Office, rollout: int) -> set[tuple[str, int]]:
    sql = "SELECT purpose, version FROM customer_link WHERE revoked_at IS NULL AND rollout_id = :r"
    return set(rows_of(office, sql, r=rollout))


def paths(office: Office, room: str) -> list[str]:
    """Paths of personal links in the letters that left, in order."""
    found = []
    for envelope in office.mail.letters:
        text = envelope.message.decode().replace("=\r\n", "").replace("=3D", "=")
        found += [
            urlsplit(url).path for url in re.findall(r"https://[^\s\"<]+", text) if room in url
        ]
    return found
