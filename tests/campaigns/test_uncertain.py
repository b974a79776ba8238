"""A letter that may or may not have arrived waits for a person, who decides once."""

import pytest

from campaigns import contact
from campaigns.errors import Conflict, NotFound
from campaigns.models import Campaign
from tests.campaigns.claim_kit import finish, invited, states
from tests.kit import (
    BO,
    Office,
    rows_of,
    sent,
)
from workers.outcome import Outcome
from workers.steward import tick


def uncertain_letter(office: Office) -> str:
    """The public id of a letter that may or may not have arrived."""
    invited(office)
    office.mail.__init__([Outcome("uncertain", None, "gone")])  # type: ignore[misc]
    tick(office.rt)
    [(public_id,)] = rows_of(office, "SELECT public_id FROM delivery WHERE state = 'uncertain'")
    return str(public_id)


def journalled(office: Office) -> list[str]:
    return [what for (what,) in rows_of(office, "SELECT what FROM journal_entry ORDER BY id")]


def test_sending_an_uncertain_letter_again_is_a_persons_choice_and_journalled(
    office: Office,
) -> None:
    letter = uncertain_letter(office)
    with office.store.writing() as session:
        contact.send_again(session, letter, who=BO, now=office.now)
    office.later(hours=1)
    assert [one.delivery for one in sent(office)] == [letter]
    assert "uncertain_sent_again" in journalled(office)
    assert states(office) == {"sent": 1}


def test_leaving_an_uncertain_letter_takes_it_as_sent(office: Office) -> None:
    letter = uncertain_letter(office)
    with office.store.writing() as session:
        contact.leave_it(session, letter, who=BO, now=office.now)
    office.later(hours=1)
    assert sent(office) == []
    assert "uncertain_left" in journalled(office)
    assert states(office) == {"sent": 1}


def test_an_uncertain_letter_is_decided_once(office: Office) -> None:
    letter = uncertain_letter(office)
    with office.store.writing() as session:
        contact.leave_it(session, letter, who=BO, now=office.now)
    with pytest.raises(Conflict) as refused, office.store.writing() as session:
        contact.send_again(session, letter, who=BO, now=office.now)
    assert refused.value.code == "not_uncertain"
    with pytest.raises(NotFound), office.store.writing() as session:
        contact.leave_it(session, "no such letter", who=BO, now=office.now)


def test_an_uncertain_letter_sent_again_in_a_finished_campaign_does_not_wait_for_ever(
    office: Office,
) -> None:
    letter = uncertain_letter(office)
    with office.store.reading() as session:
        campaign = session.query(Campaign.id).scalar()
    finish(office, campaign)
    with pytest.raises(Conflict), office.store.writing() as session:
        contact.send_again(session, letter, who=BO, now=office.now)
    assert states(office) == {"uncertain": 1}
