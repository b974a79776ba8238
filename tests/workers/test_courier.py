"""What the courier makes of each answer that a mail server can give."""

from datetime import datetime, timedelta

from campaigns import contact
from campaigns.models import Customer, Freeze
from tests.kit import BO, Office, add_customer, open_campaign, rows_of, sent
from workers.mail import MemoryMailer
from workers.outcome import Kind, Outcome
from workers.steward import tick

LETTERS = "SELECT state, attempt, reason FROM delivery ORDER BY id"


def script(office: Office, *kinds: Kind) -> None:
    """What becomes of the next letters, in order; after them everything is accepted."""
    codes = {"accepted": 250, "later": 451, "refused": 550}
    outcomes = [Outcome(kind, codes.get(kind), f"it said {kind}") for kind in kinds]
    MemoryMailer.__init__(office.mail, outcomes)


def invitations(office: Office, customers: int = 3) -> None:
    for n in range(customers):
        add_customer(office, f"Customer {n}", people=1)
    open_campaign(office)


def letters(office: Office) -> list[tuple[str, int, str | None]]:
    return [(state, attempt, why) for state, attempt, why in rows_of(office, LETTERS)]


def states(office: Office) -> list[str]:
    return [state for state, _, _ in letters(office)]


def test_an_accepted_letter_is_sent_once_however_often_the_clock_ticks(office: Office) -> None:
    invitations(office)
    for _ in range(4):
        tick(office.rt)
        office.later(hours=1)
    assert states(office) == ["sent"] * 3
    assert len({letter.address for letter in sent(office)}) == len(sent(office)) == 3


def test_a_letter_put_off_is_tried_again_after_a_while_and_sent_once(office: Office) -> None:
    invitations(office, 1)
    script(office, "later", "later")
    office.later(minutes=119)  # nine in the morning in Berlin is seven in UTC
    start = office.now
    office.later(hours=3)
    assert states(office) == ["sent"]
    [letter] = sent(office)
    assert letter.at <= start + timedelta(hours=3)
    [(attempt,)] = rows_of(office, "SELECT attempt FROM delivery")
    assert attempt == 2


def test_the_waits_between_tries_grow(office: Office) -> None:
    invitations(office, 1)
    script(office, *["later"] * 5)
    waits = []
    tick(office.rt)
    for _ in range(5):
        [(tried,)] = rows_of(office, "SELECT next_try FROM delivery")
        due = tried if isinstance(tried, datetime) else datetime.fromisoformat(str(tried))
        due = due if due.tzinfo else due.replace(tzinfo=office.now.tzinfo)
        waits.append(due - office.now)
        office.clock.move_to(due)
        tick(office.rt)
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(minutes=1)
    assert waits[-1] > waits[0]


def test_a_letter_put_off_over_and_over_ends_when_its_time_has_passed(office: Office) -> None:
    invitations(office, 1)
    script(office, "later", "later", "later")
    for days in (0, 2, 2, 3):
        office.clock.move_to(office.now + timedelta(days=days))
        tick(office.rt)
    assert "invite" not in {letter.step for letter in sent(office)}
    assert states(office)[0] == "expired"


def test_a_refused_letter_fails_alone(office: Office) -> None:
    invitations(office)
    script(office, "accepted", "refused")
    tick(office.rt)
    office.later(days=1)
    assert sorted(states(office)) == ["failed", "sent", "sent"]
    assert "it said refused" in str([why for state, _, why in letters(office) if why])


def test_an_uncertain_letter_is_never_sent_again_by_itself(office: Office) -> None:
    invitations(office)
    script(office, "uncertain")
    tick(office.rt)
    office.later(days=4)
    assert sorted(states(office)) == ["sent", "sent", "uncertain"]
    assert len(sent(office)) == 2


def test_a_mail_server_that_is_away_gets_the_batch_back_without_counting_a_try(
    office: Office,
) -> None:
    invitations(office)
    script(office, "accepted", "host_down")
    tally = tick(office.rt)
    assert tally.sent == 1
    assert states(office) == ["sent", "due", "due"]
    assert letters(office)[2][1] == 0
    office.later(hours=1)
    assert states(office) == ["sent"] * 3
    assert len(sent(office)) == 3


def test_the_message_id_is_the_same_in_every_try(office: Office) -> None:
    invitations(office, 1)
    script(office, "uncertain")
    tick(office.rt)
    [(first, public_id)] = rows_of(office, "SELECT message_id, public_id FROM delivery")
    with office.store.writing() as session:
        contact.send_again(session, public_id, who=BO, now=office.now)
    tick(office.rt)
    [letter] = sent(office)
    assert letter.message_id == first


def test_a_letter_that_lacks_a_fact_stops_and_the_others_go(office: Office) -> None:
    """A customer whose dates are all closed has no day to name in its invitation."""
    invitations(office)
    with office.store.writing() as session:
        customer = session.query(Customer).filter_by(name="Customer 1").one()
        session.add(
            Freeze(
                customer_id=customer.id,
                starts=office.now.date(),
                ends=(office.now + timedelta(days=400)).date(),
                reason="the whole year",
            )
        )
    tally = tick(office.rt)
    assert tally.sent == 2
    assert tally.failed == 1
    assert sorted(states(office)) == ["failed", "sent", "sent"]
    [why] = [why for state, _, why in letters(office) if state == "failed"]
    assert "could not be written" in str(why)
    assert {letter.address for letter in sent(office)} == {
        "kim@customer-0.example",
        "kim@customer-2.example",
    }


def test_a_letter_to_a_reader_of_an_unknown_language_comes_in_english(office: Office) -> None:
    add_customer(office)
    with office.store.writing() as session:
        session.query(Customer).update({"locale": "tlh"})
    open_campaign(office)
    tick(office.rt)
    assert len(sent(office)) == 1


def test_more_letters_than_one_batch_all_leave(office: Office) -> None:
    invitations(office, 60)
    tally = tick(office.rt)
    assert tally.sent == 60
    assert tick(office.rt).sent == 0


def test_every_touch_that_is_through_is_sealed_in_the_journal_once(office: Office) -> None:
    invitations(office)
    script(office, "refused", "uncertain")
    tick(office.rt)
    office.later(hours=1)
    sealed = rows_of(office, "SELECT chain FROM journal_entry WHERE what = 'letters_settled'")
    assert len(sealed) == 3
    done = rows_of(office, "SELECT count(*) FROM touch WHERE state = 'open'")
    assert done == [(0,)]
