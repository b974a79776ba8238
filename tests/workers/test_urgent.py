"""Behind a throttled letter to everybody, nobody waits hours to hear that a date is booked."""

from dataclasses import replace
from datetime import timedelta

from campaigns import contact
from campaigns.contact import Limits
from tests.campaigns.agree_kit import free
from tests.campaigns.claim_kit import invited
from tests.campaigns.test_uncertain import uncertain_letter
from tests.kit import BO, Office, add_customer, agree_on, rollout_id, rows_of, sent
from workers.courier import deliver
from workers.opening import open_due
from workers.runtime import Runtime

MINUTES = timedelta(minutes=2)


def two_a_minute(office: Office) -> Runtime:
    return replace(office.rt, limits=Limits(per_minute=2))


def agreed(office: Office) -> None:
    """Eight invitations wait; whoever got the first one has just chosen a day."""
    campaign = invited(office, customers=8)
    deliver(replace(office.rt, limits=Limits(per_minute=1)), office.now)
    [first] = sent(office)
    name = first.address.partition("@")[2].partition(".")[0].replace("customer-", "Customer ")
    rollout = rollout_id(office, campaign, name)
    office.clock.move_to(office.now + MINUTES)
    agree_on(office, rollout, free(office, rollout)[0])


def test_a_confirmation_goes_before_the_invitations_that_wait_for_the_server(
    office: Office,
) -> None:
    agreed(office)
    open_due(office.rt, office.now)
    deliver(two_a_minute(office), office.now)
    assert [letter.step for letter in sent(office)] == ["invite", "confirm", "invite"]


def test_every_letter_still_goes_once_when_urgent_ones_are_taken_first(office: Office) -> None:
    agreed(office)
    open_due(office.rt, office.now)
    for _ in range(8):
        deliver(two_a_minute(office), office.now)
        office.clock.move_to(office.now + MINUTES)
    letters = [letter.delivery for letter in sent(office)]
    assert len(letters) == len(set(letters)) == 9


def test_a_letter_that_staff_send_again_does_not_wait_behind_the_others(office: Office) -> None:
    letter = uncertain_letter(office)
    add_customer(office, "Late", people=1)
    with office.store.writing() as session:
        contact.send_again(session, letter, who=BO, now=office.now)
    assert rows_of(office, "SELECT public_id FROM delivery WHERE urgent") == [(letter,)]
