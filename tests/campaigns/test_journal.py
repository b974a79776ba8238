"""The journal: append-only, chained; what is changed, cut out or cut off is found."""

from datetime import timedelta

from campaigns import launch, observe, register
from campaigns.journal import Actor, record, verify
from campaigns.models import PROVIDER_CHAIN, Campaign
from campaigns.rules.records import MilestoneRecord
from tests.kit import (
    ADA,
    BO,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
    withdraw,
)
from tests.people_kit import contact_of, except_until, import_words, word_of

WORDS = """
    customer_added contacts_imported change_created campaign_opened campaign_approved
    campaign_started campaign_held campaign_resumed campaign_finished date_agreed
    date_withdrawn evidence_imported excepted exception_ended milestone_added letters_settled
"""


def problems(office: Office) -> list[str]:
    with office.store.reading() as session:
        return verify(session)


def tamper(office: Office, sql: str) -> None:
    with office.store.writing() as session:
        session.connection().exec_driver_sql(sql)


def some_entries(office: Office, many: int = 5) -> None:
    with office.store.writing() as session:
        for n in range(many):
            for chain in (None, 7):
                record(
                    session,
                    who=Actor("ada@harbor.example"),
                    what="tried",
                    subject=f"entry {n} – ä",
                    now=office.now + timedelta(seconds=n),
                    customer_id=chain,
                    details={"n": n, "none": None},
                )


def test_an_untouched_journal_is_whole(office: Office) -> None:
    some_entries(office)
    assert problems(office) == []


def test_a_whole_campaign_leaves_a_whole_journal(office: Office) -> None:
    add_customer(office)
    rollout = rollout_id(office, open_campaign(office))
    office.later(hours=2)
    agree_on(office, rollout, open_days(office, rollout)[0].day)  # type: ignore[attr-defined]
    office.later(days=90)
    assert problems(office) == []


def test_a_changed_entry_is_found(office: Office) -> None:
    for change in ("who = 'eve'", "what = 'x'", "subject = 'x'", "details = '{\"n\": 9}'"):
        some_entries(office)
        assert problems(office) == []
        tamper(office, f"UPDATE journal_entry SET {change} WHERE chain = 7 AND number = 2")
        assert any("Chain 7" in line for line in problems(office))
        tamper(office, "DELETE FROM journal_entry")
        tamper(office, "DELETE FROM journal_head")


def test_a_removed_entry_is_found(office: Office) -> None:
    some_entries(office)
    tamper(office, "DELETE FROM journal_entry WHERE chain = 7 AND number = 3")
    assert any("Chain 7" in line for line in problems(office))
    assert not any("Chain 0" in line for line in problems(office))


def test_a_removed_tail_is_found(office: Office) -> None:
    some_entries(office)
    tamper(office, "DELETE FROM journal_entry WHERE chain = 7 AND number >= 4")
    assert problems(office) == ["Chain 7: its last entries are missing."]


def test_a_removed_beginning_is_found(office: Office) -> None:
    some_entries(office)
    tamper(office, "DELETE FROM journal_entry WHERE chain = 0 AND number = 1")
    assert any("Chain 0" in line for line in problems(office))


def test_two_entries_that_change_places_are_found(office: Office) -> None:
    some_entries(office)
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper(
            office,
            f"UPDATE journal_entry SET number = {new} WHERE chain = 7 AND number = {old}",
        )
    assert problems(office)


def test_customers_have_chains_of_their_own(office: Office) -> None:
    some_entries(office)
    chains = rows_of(office, "SELECT chain, number FROM journal_head ORDER BY chain")
    assert chains == [(PROVIDER_CHAIN, 5), (7, 5)]


def test_everything_that_staff_and_customers_do_is_written_down(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    rollout = rollout_id(office, campaign)
    office.later(hours=2)
    first, second, *_ = [d.day for d in open_days(office, rollout)]  # type: ignore[attr-defined]
    agree_on(office, rollout, first)
    agree_on(office, rollout, second)
    withdraw(office, rollout)
    import_words(office, word_of("eve0@northwind-dental.example", 2))
    except_until(office, "eve1@northwind-dental.example", campaign, second)
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        launch.hold(session, found, why="", who=ADA, now=office.now)
        launch.resume(session, found, who=BO, now=office.now)
        change = register.changes.find_change(session, "MC1")
        row = MilestoneRecord("blocked", second, source="https://vendor.example")
        register.add_milestone(session, change, row, who=ADA, now=office.now)
        exemption = session.query(observe.exemptions.Exemption).one()
        observe.return_to_scope(session, exemption, who=BO, now=office.now)
        launch.finish(session, found, who=ADA, now=office.now)
        assert contact_of(session, "eve1@northwind-dental.example")
    words = {what for (what,) in rows_of(office, "SELECT what FROM journal_entry")}
    assert words >= set(WORDS.split())
    agreed = rows_of(
        office, "SELECT who FROM journal_entry WHERE what = 'date_agreed' ORDER BY number"
    )
    assert agreed == [("Kim Lee",), ("Kim Lee",)]
    assert problems(office) == []


def test_what_is_undone_is_not_written_down(office: Office) -> None:
    class Change(Exception):
        pass

    try:
        with office.store.writing() as session:
            record(session, who=ADA, what="x", subject="y", now=office.now)
            raise Change
    except Change:
        pass
    assert rows_of(office, "SELECT count(*) FROM journal_entry") == [(0,)]
    assert problems(office) == []
