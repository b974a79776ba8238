"""A touch keeps the wording that it began with, whatever is edited meanwhile."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from campaigns.contact import Limits
from campaigns.models import Contact, Delivery, Touch
from tests.kit import Office, rows_of
from tests.workers.test_lanes import due
from workers.courier import deliver
from workers.opening import open_due
from workers.wording import compiled_letter


def test_a_touch_keeps_the_wording_that_it_began_with(office: Office) -> None:
    due(office, 1)
    with office.store.writing() as session:
        session.execute(update(Contact).values(decision_maker=True))
        session.query(Delivery).delete()
        session.query(Touch).filter(Touch.state == "open").update({"state": "planned"})
    open_due(office.rt, office.now)
    first = replace(office.rt, worded={}, limits=Limits(per_minute=1))
    assert deliver(first, office.now).sent == 1
    edited = compiled_letter(office.rt, "invitation", "en")
    other = replace(edited, subject=f"New: {edited.subject}", version="f" * 64)
    office.clock.move_to(office.now + timedelta(minutes=2))
    second = replace(office.rt, worded={}, pinned=set(), compiled={("invitation", "en"): other})
    assert deliver(second, office.now).sent >= 1
    assert len(rows_of(office, "SELECT DISTINCT letter_version FROM delivery")) == 1
    assert not any("New:" in str(letter.message) for letter in office.mail.letters)
