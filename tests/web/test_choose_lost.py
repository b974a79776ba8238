"""Who comes too late for a place is told so quickly, and holds up nobody."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from campaigns.models import TechnicianDay
from campaigns.store import Overtaken
from tests.kit import Office, rows_of
from tests.statements import statements
from tests.web.choose_kit import agreements, long, review, signed, value_of

WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE")


def sold_out(office: Office, when: str) -> None:
    row = {"lane": "tess@harbor.example", "capacity": 480, "taken": 480}
    with office.store.writing() as session:
        session.add(TechnicianDay(day=date.fromisoformat(when[:10]), **row))


def test_who_loses_the_last_place_takes_no_lock_and_reads_everything_once(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    form = signed(review(browser, kim, when), when)
    sold_out(office, when)
    with statements(office) as sent:
        answer = browser.post(f"{kim}/confirm", data=form)
    assert answer.status_code == 409
    assert f"{long(when)} was just taken. These days are free:" in answer.text
    assert f'value="{when}"' not in answer.text
    assert not [one for one in sent if one.lstrip().startswith(WRITES) or "FOR UPDATE" in one]
    assert len([one for one in sent if "JOIN customer_link" in one]) == 1
    assert len(sent) <= 7, sent
    assert agreements(office) == []


def test_the_page_of_a_refusal_is_the_page_that_anybody_would_see_now(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    form = signed(review(browser, kim, when), when)
    sold_out(office, when)
    answer = browser.post(f"{kim}/confirm", data=form)
    asked = {"nonce": form["nonce"], "when": when}
    assert answer.text == browser.post(f"{kim}/review", data=asked).text


def test_on_sqlite_nobody_writes_on_top_of_what_is_no_longer_so(office: Office) -> None:
    store = office.store
    change = "UPDATE staff SET name = 'Tess {}' WHERE email = 'tess@harbor.example'"

    def weigh() -> None:
        with store.weighing() as session:
            session.connection().exec_driver_sql("SELECT name FROM staff").all()
            with store.writing() as other:
                other.connection().exec_driver_sql(change.format("One"))
            session.connection().exec_driver_sql(change.format("Two"))

    if store.dialect == "sqlite":
        with pytest.raises(Overtaken):
            weigh()
    else:
        weigh()
    named = rows_of(office, "SELECT name FROM staff WHERE email = 'tess@harbor.example'")
    assert named == [("Tess One" if store.dialect == "sqlite" else "Tess Two",)]
