"""The playbooks that are shipped."""

from itertools import pairwise

import pytest

from campaigns import playbooks
from campaigns.errors import NotFound
from campaigns.rules.playbook import Anchor, Audience, Channel, Scope, Step, Stop

LETTERS = """
    invitation invitation-reminder invitation-second-reminder date-proposal proposal-reminder
    put-down confirmation chosen-for-you
    date-moved-people date-withdrawn-people
    date-moved date-withdrawn user-list announcement manager-brief get-ready deadline go-no-go
    tomorrow today report-to-owner thanks admin-announcement admin-get-ready swap-announcement
    swap-week swap-tomorrow swap-today swap-after retirement-inventory retirement-test
    retirement-report support-budget support-order support-dates support-week support-tomorrow
    support-today
"""
NAMES = [
    "authentication-admins",
    "authentication-all-users",
    "back-end-retirement",
    "client-swap",
    "end-of-support",
]
SAME_PEOPLE = {
    Audience.USERS_NOT_READY: Audience.ALL_USERS,
    Audience.ADMINS_NOT_READY: Audience.ADMINS,
}


def test_five_playbooks_are_shipped_and_all_of_them_load() -> None:
    assert playbooks.names() == NAMES
    for name in NAMES:
        assert playbooks.shipped(name).name == name


def test_default_is_the_playbook_for_all_users() -> None:
    assert playbooks.shipped("default") is playbooks.shipped("authentication-all-users")
    assert playbooks.source("default").startswith("# The default")


@pytest.mark.parametrize("name", ["nonsense", "", "../store", "authentication-all-users.yaml"])
def test_a_name_that_is_not_a_playbook_is_answered_with_those_there_are(name: str) -> None:
    with pytest.raises(NotFound, match=r"Use one of: authentication-admins, .*support"):
        playbooks.source(name)


def test_the_playbooks_name_exactly_the_letters_that_the_library_holds() -> None:
    steps = [step for name in NAMES for step in playbooks.shipped(name).steps]
    assert {step.letter for step in steps if step.letter is not None} == set(LETTERS.split())


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_is_no_longer_sent_when_the_next_one_to_the_same_people_is_due(name: str) -> None:
    groups: dict[tuple[Audience, Anchor], list[Step]] = {}
    for step in playbooks.shipped(name).steps:
        # confirm, moved and withdrawn are alternatives: only one of them is ever planned.
        if step.channel is Channel.MAIL and step.anchor is not Anchor.AGREED:
            people = SAME_PEOPLE.get(step.audience, step.audience)
            groups.setdefault((people, step.anchor), []).append(step)
    for steps in groups.values():
        for earlier, later in pairwise(sorted(steps, key=lambda step: step.offset)):
            assert earlier.offset + earlier.valid_days < later.offset, (earlier.key, later.key)


@pytest.mark.parametrize("name", NAMES)
def test_every_playbook_asks_for_a_date_and_answers_every_agreement(name: str) -> None:
    book = playbooks.shipped(name)
    lead = book.rules.lead_days
    asks = [book.step(key) for key in ("invite", "remind-1", "remind-2", "call-for-date")]
    asks.append(book.step("propose"))
    assert [step.offset for step in asks] == [-lead, 7 - lead, 14 - lead, 15 - lead, 20 - lead]
    assert {step.stop for step in asks} == {Stop.AGREED}
    assert book.step("invite").required
    answers = [book.step(key) for key in ("confirm", "moved", "withdrawn")]
    assert {(step.anchor, step.at, step.required) for step in answers} == {
        (Anchor.AGREED, None, True)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_person_gets_at_most_one_letter_in_five_days_until_the_last_week(name: str) -> None:
    book = playbooks.shipped(name)
    people = (Audience.ALL_USERS, Audience.USERS_NOT_READY, Audience.ADMINS)
    mails = (step for step in book.steps if step.channel is Channel.MAIL)
    due = sorted(step.offset for step in mails if step.audience in people)
    early = [offset for offset in due if offset <= -book.rules.spacing_until]
    assert all(later - earlier >= 5 for earlier, later in pairwise(early))


def test_the_default_playbook_follows_the_table_day_by_day() -> None:
    book = playbooks.shipped("default")
    table = {step.key: step.offset for step in book.steps if step.anchor is Anchor.AGREED_DATE}
    assert table == {
        "user-list": -45,
        "pilot-group": -35,
        "announce": -30,
        "managers": -21,
        "get-ready": -14,
        "no-phone": -14,
        "vips": -10,
        "deadline": -7,
        "go-no-go": -3,
        "call-not-ready": -3,
        "tomorrow": -1,
        "today": 0,
        "switch-on": 0,
        "call-blocked": 1,
        "report": 3,
        "thanks": 7,
        "evidence-pack": 14,
        "exceptions": 30,
    }
    assert (book.step("decide").anchor, book.step("decide").offset) == (Anchor.VENDOR_DATE, -120)
    assert book.step("pilot-ourselves").anchor is Anchor.ANNOUNCED
    assert {step.key for step in book.steps if step.compressible} == {"user-list", "managers"}
    assert {"deadline", "tomorrow", "today"} <= {s.key for s in book.steps if s.required}
    assert {step.key for step in book.steps if step.scope is Scope.CAMPAIGN} == {
        "decide",
        "pilot-ourselves",
    }
