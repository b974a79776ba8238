"""What a claim asks once more of each letter, and what the letters of a touch share."""

from datetime import timedelta

from sqlalchemy import event

from campaigns.models import Touch
from tests.campaigns.claim_kit import invited, take
from tests.campaigns.fan_out_kit import HOME, agreed, berlin, reasons, told
from tests.kit import Office, rows_of
from tests.people_kit import change_contact, import_words, word_of
from workers.courier import deliver
from workers.opening import open_due

LINKS = "SELECT count(*) FROM customer_link WHERE purpose = 'guide'"
OUTCOMES = "SELECT state, reason FROM delivery"


def test_who_is_done_between_opening_and_sending_is_spared(office: Office) -> None:
    _, _, day = agreed(office)
    office.until(berlin(day - timedelta(days=7)) - timedelta(minutes=1))
    office.clock.move_to(berlin(day - timedelta(days=7)) + timedelta(hours=2))
    open_due(office.rt, office.now)
    assert reasons(office, "deadline")[f"eve0@{HOME}"] == ("due", None)
    import_words(office, word_of(f"eve0@{HOME}", 2), word_of(f"eve1@{HOME}", 1))
    deliver(office.rt, office.now)
    assert told(office, "deadline") == {"kim", "pat", "eve1", "eve2"}
    state, why = reasons(office, "deadline")[f"eve0@{HOME}"]
    assert (state, why) == ("skipped", "done already (evidence level 2)")


def test_an_address_put_aside_after_opening_is_spared_even_without_a_reason(
    office: Office,
) -> None:
    invited(office, customers=2)
    change_contact(office, "kim@customer-1.example", suppressed_at=office.now)
    assert deliver(office.rt, office.now).sent == 1
    assert set(rows_of(office, OUTCOMES)) == {
        ("sent", None),
        ("skipped", "address not used: no reason given"),
    }


def test_letters_of_many_customers_in_one_claim_keep_their_own_facts(office: Office) -> None:
    invited(office, customers=3)
    change_contact(office, "kim@customer-1.example", locale="de-AT")
    claims = take(office)
    found = {(c.customer.name, c.contact.email, c.language, c.step.key) for c in claims}
    assert found == {
        ("Customer 0", "kim@customer-0.example", "en", "invite"),
        ("Customer 1", "kim@customer-1.example", "de", "invite"),
        ("Customer 2", "kim@customer-2.example", "en", "invite"),
    }
    assert {c.rollout.customer_id for c in claims} == {c.customer.id for c in claims}
    assert len({c.touch.id for c in claims}) == 3


def test_a_claim_asks_no_more_questions_for_more_letters(office: Office) -> None:
    invited(office, customers=9)
    asked: list[str] = []

    def listen(_c: object, _k: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(office.store.engine, "before_cursor_execute", listen)
    assert len(take(office, "one", limit=1)) == 1
    one = len(asked)
    assert len(take(office, "many")) == 8
    event.remove(office.store.engine, "before_cursor_execute", listen)
    assert len(asked) == 2 * one


def test_a_later_letter_carries_the_links_of_the_first(office: Office) -> None:
    _, _, day = agreed(office)
    office.until(berlin(day - timedelta(days=1)))
    [(before,)] = rows_of(office, LINKS)
    office.until(berlin(day) + timedelta(hours=12))
    assert "eve1" in told(office, "announce") & told(office, "today")
    assert rows_of(office, LINKS) == [(before,)]


def test_a_letter_whose_time_has_passed_expires_in_the_claim(office: Office) -> None:
    invited(office)
    [(touch,)] = rows_of(office, "SELECT touch_id FROM delivery")
    with office.store.writing() as session:
        session.get_one(Touch, touch).valid_until = office.now
    assert take(office) == []
    assert rows_of(office, OUTCOMES) == [("expired", "its time had passed")]


def test_a_letter_that_names_an_older_date_is_cancelled_in_the_claim(office: Office) -> None:
    invited(office)
    [(touch,)] = rows_of(office, "SELECT touch_id FROM delivery")
    with office.store.writing() as session:
        session.get_one(Touch, touch).version = 7
    assert take(office) == []
    assert rows_of(office, OUTCOMES) == [("cancelled", "the date was moved")]
