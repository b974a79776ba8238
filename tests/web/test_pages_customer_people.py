"""Exemptions, contacts by hand, and freezes of one customer."""

from flask import Flask
from sqlalchemy import select

from campaigns.models import (
    Contact,
    Exemption,
    FormerAddress,
)
from tests.kit import (
    Office,
    rows_of,
    sent,
)
from tests.web.board_kit import (
    at_work,
    contact,
    contact_id,
    forms_on,
    northwind,
    steps,
    words_on,
)
from tests.web.engines import ON_SQLITE

pytestmark = ON_SQLITE


def test_an_exemption_needs_a_reason_and_a_day_and_ends_when_told(
    office: Office, app: Flask
) -> None:
    customer, rollout = northwind(office)
    campaign = rows_of(office, "SELECT campaign_id FROM rollout WHERE id = :r", r=rollout)[0][0]
    eve = contact_id(office, "eve0")
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/exemptions"
    asked = dana.get(f"{where}/new?contact={eve}&campaign={campaign}")
    assert "Except Eve 0" in words_on(asked)
    form = {"contact": eve, "campaign": campaign, "reason": "on leave", "until": "2026-07-01"}
    for missing, sentence in (
        ({"reason": " "}, "The reason is missing."),
        ({"until": ""}, "The last day is missing."),
        ({"until": "soon"}, "is not a date"),
        ({"until": "2026-05-01"}, "has to end on a day that is ahead"),
        ({"until": "9999-01-01"}, "check the year"),
    ):
        refused = dana.post(where, **{**form, **missing})
        assert refused.status_code == 422
        assert sentence in words_on(refused)
    page = dana.follow(where, **form)
    assert "Eve 0 is excepted until Wed 1 Jul 2026" in words_on(page)
    exemption = rows_of(office, "SELECT id FROM exemption")[0][0]
    assert f"{where}/{exemption}/end" in forms_on(page)
    dana.follow(f"{where}/{exemption}/end")
    assert dana.post(f"{where}/{exemption}/end").status_code == 409
    with office.store.reading() as session:
        ended = session.scalars(select(Exemption)).one()
    assert (ended.approved_by, ended.ended_at) == ("dana@harbor.example", office.now)
    assert steps(office, customer)[-2:] == ["excepted", "exception_ended"]


def test_a_colleague_is_added_with_roles_and_only_once(office: Office, app: Flask) -> None:
    customer, _ = northwind(office)
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/contacts"
    form = {"name": " Ana  Ruiz ", "email": "ANA@Northwind-Dental.example", "kind": "person"}
    page = dana.follow(where, **form, role=["decision_maker", "vip", "king"], locale="de-ch")
    assert "Ana Ruiz is on the list." in words_on(page)
    ana = contact(office, "ana@northwind-dental.example")
    assert (ana.name, ana.locale) == ("Ana Ruiz", "de-CH")
    assert (ana.decision_maker, ana.vip, ana.pilot, ana.kind) == (True, True, False, "person")
    again = dana.post(where, **form)
    assert again.status_code == 409
    assert "is on this customer's list already" in words_on(again)
    for wrong, sentence in (
        ({"email": "ana"}, "the @ is missing"),
        ({"email": ""}, "The mail address is missing."),
        ({"name": ""}, "The name is missing."),
        ({"kind": "robot"}, "choose one of"),
        ({"locale": "klingon"}, "klingon"),
        ({"name": "A\0na"}, "control character"),
    ):
        refused = dana.post(where, **{**form, "email": "new@x.example", **wrong})
        assert refused.status_code == 422, wrong
        assert sentence in words_on(refused)
    assert steps(office, customer)[-1] == "contact_added"


def test_a_new_address_keeps_the_old_one_and_lets_letters_out_again(
    office: Office, app: Flask
) -> None:
    customer, _ = northwind(office)
    kim = contact_id(office, "kim")
    with office.store.writing() as session:
        row = session.get_one(Contact, kim)
        row.suppressed_at, row.suppressed_why = office.now, "550 no such user"
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/contacts/{kim}"
    assert "550 no such user" in words_on(dana.get(where))
    form = {"name": "Kim Lee", "email": "kim.lee@northwind-dental.example", "kind": "person"}
    dana.follow(where, **form, role="decision_maker")
    changed = contact(office, form["email"])
    assert (changed.id, changed.suppressed_at, changed.decision_maker) == (kim, None, True)
    with office.store.reading() as session:
        former = session.scalars(select(FormerAddress)).one()
    assert former.email == "kim@northwind-dental.example"
    unchanged = dana.follow(where, **form, role="decision_maker")
    assert "Nothing was different" in words_on(unchanged)
    taken = dana.post(where, **{**form, "email": "pat@northwind-dental.example"})
    assert taken.status_code == 409
    assert steps(office, customer).count("contact_changed") == 1


def test_whoever_left_gets_no_letters_and_the_last_decider_is_missed(
    office: Office, app: Flask
) -> None:
    customer, _ = northwind(office)
    where = f"/customers/{customer}/contacts/{contact_id(office, 'kim')}"
    dana = at_work(office, app, "Dana")
    page = dana.follow(f"{where}/left")
    assert "Nobody who decides about the date is left" in words_on(page)
    assert f"{where}/back" in forms_on(page)
    assert dana.post(f"{where}/left").status_code == 409
    before = len(sent(office))
    office.later(days=10)
    assert len(sent(office)) == before
    dana = at_work(office, app, "Dana")
    dana.follow(f"{where}/back")
    assert dana.post(f"{where}/back").status_code == 409
    assert {"contact_left", "contact_back"} <= set(steps(office, customer))
