"""Guards that only a moment between two processes would show, asked one by one."""

from datetime import timedelta

from campaigns import contact
from tests.campaigns.claim_kit import invited, mark, rescue, settle, states, take
from tests.kit import Office, agree_on, open_days, rollout_id, rows_of
from tests.people_kit import change_contact

KIM = "kim@customer-0.example"


def hand_back(office: Office, token: str = "mine") -> None:
    """The worker that had claimed it stops before the letter's turn."""
    with office.store.writing() as session:
        contact.hand_back(session, token, "the program was stopped")


def test_who_agreed_while_a_worker_had_the_invitation_is_not_asked_any_more(
    office: Office,
) -> None:
    campaign = invited(office)
    take(office)
    rollout = rollout_id(office, campaign, "Customer 0")
    agree_on(office, rollout, open_days(office, rollout)[3].day)  # type: ignore[attr-defined]
    hand_back(office)
    assert take(office) == []
    assert rows_of(office, "SELECT state, reason FROM delivery") == [
        ("cancelled", "a date has been agreed")
    ]


def test_a_letter_that_was_put_off_is_not_claimed_before_its_time(office: Office) -> None:
    invited(office)
    [claim] = take(office)
    settle(office, claim, "due")
    assert take(office) == []
    office.clock.move_to(office.now + timedelta(minutes=1))
    assert len(take(office)) == 1


def test_a_letter_to_somebody_who_left_is_not_marked_and_not_claimed_again(office: Office) -> None:
    invited(office)
    [claim] = take(office)
    change_contact(office, KIM, left_at=office.now)
    assert not mark(office, claim)
    hand_back(office)
    assert take(office) == []
    assert states(office) == {"skipped": 1}


def test_a_letter_to_an_address_that_is_not_used_is_not_marked_and_not_claimed_again(
    office: Office,
) -> None:
    invited(office)
    [claim] = take(office)
    change_contact(office, KIM, suppressed_at=office.now, suppressed_why="bounced")
    assert not mark(office, claim)
    hand_back(office)
    assert take(office) == []
    assert states(office) == {"skipped": 1}


def test_a_mark_keeps_the_letter_for_a_whole_lease(office: Office) -> None:
    invited(office)
    [claim] = take(office)
    assert mark(office, claim)
    soon = office.now + timedelta(seconds=30)
    assert rescue(office, soon) == {"due": 0, "uncertain": 0}
    assert states(office) == {"sending": 1}


def test_marked_letters_of_a_worker_that_stops_are_not_handed_back(office: Office) -> None:
    invited(office, customers=2)
    first, _ = take(office)
    assert mark(office, first)
    hand_back(office)
    assert states(office) == {"sending": 1, "due": 1}


def test_one_unwanted_letter_of_a_batch_leaves_the_others_to_the_worker(office: Office) -> None:
    invited(office, customers=3)
    change_contact(office, KIM, left_at=office.now)
    assert len(take(office)) == 2
    assert states(office) == {"skipped": 1, "sending": 2}


def test_a_touch_is_not_sealed_while_one_of_its_letters_waits(office: Office) -> None:
    invited(office)
    [claim] = take(office)
    settle(office, claim, "due")
    with office.store.writing() as session:
        contact.seal(session, [claim.touch.id], office.now)
    assert rows_of(office, f"SELECT state FROM touch WHERE id = {claim.touch.id}") == [("open",)]
