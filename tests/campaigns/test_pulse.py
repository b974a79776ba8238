"""The house's pulse: what waits, who looked last, what is wrong and what to do about it."""

from datetime import timedelta

from sqlalchemy import text

from campaigns.pulse import pulse
from campaigns.rules.arming import Refusal
from campaigns.rules.health import Pulse
from tests.kit import Office, add_customer, open_campaign
from workers.mail import MemoryMailer
from workers.outcome import Outcome
from workers.steward import tick

HELD = Refusal("held", "The clock jumped.")


def look(office: Office, refusal: Refusal | None = None) -> Pulse:
    with office.store.reading() as session:
        return pulse(session, now=office.now, machine=office.now, refusal=refusal)


def later(office: Office, **span: float) -> None:
    """Time goes by and nobody sweeps."""
    office.clock.move_to(office.now + timedelta(**span))


def run(office: Office, statement: str) -> None:
    with office.store.writing() as session:
        session.execute(text(statement))


def test_an_empty_house_is_well(office: Office) -> None:
    found = look(office)
    assert (found.standing_still, list(found.alarms), found.oldest_due) == (False, [], None)


def test_a_worker_that_looks_keeps_the_house_well(office: Office) -> None:
    add_customer(office)
    open_campaign(office)
    tick(office.rt)
    later(office, seconds=4)
    found = look(office)
    assert list(found.alarms) == []
    assert found.line == "Sending is on. A worker looked 4 seconds ago. Nothing waits."


def test_letters_that_wait_while_nobody_comes_are_an_alarm_after_two_minutes(
    office: Office,
) -> None:
    add_customer(office)
    tick(office.rt)
    open_campaign(office)
    later(office, seconds=119)
    assert not look(office).standing_still
    later(office, seconds=2)
    found = look(office)
    assert found.standing_still
    [alarm] = found.alarms
    assert alarm.grave
    assert alarm.what == (
        "No worker has looked for letters for 2 minutes. The oldest has waited for 2 minutes."
    )
    assert "rollout tick" in alarm.mend


def test_a_long_sweep_that_hands_letters_over_does_not_stand_still(office: Office) -> None:
    add_customer(office)
    open_campaign(office)
    tick(office.rt)
    later(office, hours=2)
    run(office, "UPDATE delivery SET state = 'sending', lease_until = '2026-06-02 00:00:00+00:00'")
    run(office, "UPDATE touch SET state = 'planned', due = '2026-06-01 07:00:00+00:00' ")
    found = look(office)
    assert found.working == 1
    assert not found.standing_still


def test_what_is_held_on_purpose_does_not_stand_still_but_is_said(office: Office) -> None:
    add_customer(office)
    open_campaign(office)
    later(office, hours=1)
    found = look(office, HELD)
    assert not found.standing_still
    [alarm] = found.alarms
    assert alarm.what == "Nothing is sent. The clock jumped."
    assert "rollout arm --yes" in alarm.mend


def test_letters_are_counted_by_what_is_to_be_done_about_them(office: Office) -> None:
    for number in range(3):
        add_customer(office, f"Customer {number}")
    outcomes = [
        Outcome("refused", 550, "no"),
        Outcome("uncertain", None, "lost"),
        Outcome("accepted", 250, "ok"),
    ]
    MemoryMailer.__init__(office.mail, outcomes)
    open_campaign(office)
    tick(office.rt)
    found = look(office)
    assert (found.failed, found.failed_lately, found.uncertain, found.lost) == (1, 1, 1, 0)
    later(office, days=2)
    run(
        office,
        "UPDATE delivery SET state = 'sending', lease_until = '2026-06-01 08:00:00+00:00' "
        "WHERE state = 'sent'",
    )
    found = look(office)
    assert (found.failed, found.failed_lately, found.lost, found.working) == (1, 0, 1, 0)


def test_what_waits_with_a_campaign_on_hold_is_counted_apart(office: Office) -> None:
    add_customer(office)
    open_campaign(office)
    run(office, "UPDATE campaign SET state = 'held'")
    found = look(office)
    assert (found.held, found.oldest_due, found.running) == (1, None, False)


def test_a_mail_server_that_is_away_is_an_alarm_with_what_it_said(office: Office) -> None:
    run(
        office,
        "INSERT INTO mail_host (name, failures, resting_until, reply) "
        "VALUES ('mail.example:25', 1, '2026-06-01 07:05:00+00:00', '421 too busy')",
    )
    [alarm] = look(office).alarms
    assert alarm.what == (
        "The mail server mail.example:25 takes no letters: 421 too busy. Next try in 5 minutes."
    )


def test_an_alarm_comes_half_an_hour_and_more_before_a_waiting_letter_loses_its_use(
    office: Office,
) -> None:
    add_customer(office)
    MemoryMailer.__init__(office.mail, [Outcome("later", 451, "try later")])
    open_campaign(office)
    tick(office.rt)
    assert look(office).closes_at is None
    run(office, "UPDATE touch SET valid_until = '2026-06-01 08:00:00+00:00' WHERE state = 'open'")
    later(office, minutes=10)
    alarm = look(office).alarms[-1]
    assert alarm.grave
    assert "in 50 minutes" in alarm.what


def test_the_pulse_is_quick_because_every_count_has_its_index(office: Office) -> None:
    """No step of it may walk through all letters."""
    if office.store.dialect != "sqlite":
        return
    with office.store.reading() as session:
        for query in ("state IN ('failed','uncertain')", "state = 'sending'"):
            plan = session.execute(
                text(f"EXPLAIN QUERY PLAN SELECT count(*) FROM delivery WHERE {query}")
            )
            assert all("INDEX ix_delivery" in row[3] for row in plan)
