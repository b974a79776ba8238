"""`propose`: what is open to each customer, together; kept as a proposal, booked by nobody."""

from datetime import date

from campaigns import propose
from campaigns.models import Campaign, Rollout
from campaigns.outlook import outlook_of
from tests.campaigns.agree_kit import free
from tests.campaigns.roster_kit import set_limits
from tests.kit import ADA, Office, add_customer, agree_on, open_campaign, rollout_id, rows_of
from tests.people_kit import import_words, word_of
from tests.statements import statements


def campaign_of(office: Office, customers: int) -> int:
    for number in range(customers):
        add_customer(office, f"Customer {number}", people=5 + number)
    return open_campaign(office)


def plan(office: Office, campaign: int) -> propose.Dates:
    with office.store.reading() as session:
        found = session.get_one(Campaign, campaign)
        return propose.proposed(session, found, office.now, office.rt.day_minutes)


def keep(office: Office, campaign: int, found: propose.Dates) -> int:
    chosen = {line.rollout_id: line.day for line in found.lines if line.day}
    with office.store.writing() as session:
        return propose.accept(
            session,
            session.get_one(Campaign, campaign),
            chosen,
            who=ADA,
            now=office.now,
            day_minutes=office.rt.day_minutes,
        )


def test_everybody_without_a_date_gets_one_that_its_own_page_offers(office: Office) -> None:
    campaign = campaign_of(office, 12)
    found = plan(office, campaign)
    assert len(found.lines) == 12
    for line in found.lines:
        assert line.day in free(office, line.rollout_id)
    assert rows_of(office, "SELECT count(*) FROM booking") == [(0,)]


def test_an_agreed_date_stays_and_takes_its_technicians_time(office: Office) -> None:
    campaign = campaign_of(office, 3)
    rollout = rollout_id(office, campaign, "Customer 1")
    agree_on(office, rollout, free(office, rollout)[0])
    found = plan(office, campaign)
    assert {line.customer for line in found.lines} == {"Customer 0", "Customer 2"}


def test_of_two_customers_of_one_size_the_one_that_is_less_ready_comes_first(
    office: Office,
) -> None:
    """One customer a day: the early day goes where people would stand outside if it came late."""
    for name in ("Alpha", "Beta"):
        add_customer(office, name, people=20)
    campaign = open_campaign(office)
    set_limits(office, campaign_day=1)
    for ready, first in (("Alpha", "Beta"), ("Beta", "Alpha")):
        rungs = {"Alpha": 0, "Beta": 0, ready: 3}
        words = [
            word_of(f"eve{n}@{name.lower()}.example", rung)
            for name, rung in rungs.items()
            for n in range(20)
        ]
        office.later(hours=1)
        import_words(office, *words)
        days = {line.customer: line.day for line in plan(office, campaign).lines}
        assert days[first] is not None
        assert days[ready] is not None
        assert days[first] < days[ready]


def test_what_is_kept_is_what_the_letter_proposes_and_asking_again_changes_nothing(
    office: Office,
) -> None:
    campaign = campaign_of(office, 4)
    found = plan(office, campaign)
    assert keep(office, campaign, found) == 4
    assert keep(office, campaign, found) == 0
    again = plan(office, campaign)
    days: dict[int, date | None] = {line.rollout_id: line.day for line in found.lines}
    assert {line.rollout_id: line.day for line in again.lines} == days
    office.later(days=25)
    with office.store.reading() as session:
        kept = {one.id: one.proposed_day for one in session.query(Rollout)}
    assert kept == days


def test_no_more_questions_are_asked_for_more_customers(office: Office) -> None:
    small = campaign_of(office, 2)
    with statements(office) as few:
        plan(office, small)
    for number in range(2, 20):
        add_customer(office, f"Customer {number}", people=2)
    with office.store.writing() as session:
        session.get_one(Campaign, small).name = "First"
    large = open_campaign(office)
    with statements(office) as many:
        plan(office, large)
    assert len(many) <= len(few) + 1


def test_who_is_too_late_for_every_day_is_listed_with_the_reason(office: Office) -> None:
    campaign = campaign_of(office, 2)
    with office.store.writing() as session:
        for rollout in session.query(Rollout):
            rollout.first_day = rollout.last_day = office.now.date()
    found = plan(office, campaign)
    assert [line.day for line in found.lines] == [None, None]
    assert all(line.reason for line in found.lines)
    assert found.outlook.left == 2
    assert "2 customers have no place" in found.outlook.sentence


def test_no_more_is_proposed_for_a_day_than_its_technicians_can_do(office: Office) -> None:
    campaign = campaign_of(office, 12)
    found = plan(office, campaign)
    day = found.lines[0].day
    assert day is not None
    with office.store.writing() as session:
        propose.accept(
            session,
            session.get_one(Campaign, campaign),
            {line.rollout_id: day for line in found.lines},
            who=ADA,
            now=office.now,
            day_minutes=office.rt.day_minutes,
        )
    with office.store.reading() as session:
        kept = {one.id for one in session.query(Rollout) if one.proposed_day == day}
    minutes = [line.minutes for line in found.lines if line.rollout_id in kept]
    assert 0 < sum(minutes) <= office.rt.day_minutes


def test_a_campaign_says_whether_it_can_be_done_in_time_without_proposing(office: Office) -> None:
    add_customer(office)
    campaign_id = open_campaign(office)
    with office.store.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        minutes = office.rt.day_minutes
        outlook = outlook_of(session, campaign, office.now, minutes)
        assert outlook is not None
        assert (
            outlook.sentence
            == propose.proposed(session, campaign, office.now, minutes).outlook.sentence
        )
        assert outlook.sentence.startswith("1 undecided")
        campaign.state = "finished"
        assert outlook_of(session, campaign, office.now, minutes) is None
