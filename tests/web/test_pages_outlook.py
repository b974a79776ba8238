"""The board says of each campaign whether it can still be done in time."""

from datetime import timedelta

from flask import Flask

from campaigns import waving
from campaigns.models import Campaign, Customer, DayOff, Rollout, Staff
from campaigns.outlook import outlook_of
from tests.campaigns.freeze_kit import freeze
from tests.kit import ADA, Office, add_customer, agree_on, open_campaign, open_days, rollout_id
from tests.web.board_kit import at_work, words_on


def sentence(office: Office, campaign: int) -> str:
    with office.store.reading() as session:
        found = session.get_one(Campaign, campaign)
        outlook = outlook_of(session, found, office.now, office.rt.day_minutes)
    assert outlook is not None
    return outlook.sentence


def three_undecided(office: Office) -> int:
    for name in ("Alpha", "Beta", "Gamma"):
        add_customer(office, name)
    return open_campaign(office)


def test_the_board_and_the_campaigns_page_say_the_same_sentence(office: Office, app: Flask) -> None:
    campaign = three_undecided(office)
    person, said = at_work(office, app, "Dana"), sentence(office, campaign)
    assert said.startswith("3 undecided")
    assert said in words_on(person.get("/"))
    assert said in words_on(person.get(f"/campaigns/{campaign}"))


def test_a_date_that_is_agreed_changes_it_at_once_and_the_last_one_takes_it_away(
    office: Office, app: Flask
) -> None:
    campaign, person = three_undecided(office), at_work(office, app, "Dana")
    words_on(person.get("/"))
    for left, name in ((2, "Alpha"), (1, "Beta"), (0, "Gamma")):
        rollout = rollout_id(office, campaign, name)
        agree_on(office, rollout, open_days(office, rollout)[left].day)  # type: ignore[attr-defined]
        words = words_on(person.get("/"))
        assert (f"{left} undecided, " in words) == (left > 0)


def test_a_customer_with_less_time_of_its_own_is_missed_first(office: Office, app: Flask) -> None:
    campaign = three_undecided(office)
    with office.store.writing() as session:
        rollout = session.get_one(Rollout, rollout_id(office, campaign, "Beta"))
        rollout.first_day = rollout.last_day = office.now.date()
    words = words_on(at_work(office, app, "Dana").get(f"/campaigns/{campaign}"))
    assert "3 undecided" in words
    assert "1 customer has no place before the last day." in words


def test_where_nobody_works_until_the_vendors_day_there_is_not_enough_time(
    office: Office, app: Flask
) -> None:
    campaign = three_undecided(office)
    with office.store.writing() as session:
        for one in session.query(Staff).where(Staff.role == "technician"):
            off = {"starts": office.now.date(), "ends": office.now.date() + timedelta(days=800)}
            session.add(DayOff(staff_id=one.id, reason="away", **off))
    page = at_work(office, app, "Dana").get(f"/campaigns/{campaign}")
    assert "3 customers have no place before the last day." in words_on(page)


def pilot_and_rest(office: Office, campaign_id: int) -> None:
    """Alpha goes first; the other two wait for it."""
    with office.store.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        ids = {one.name: one.id for one in session.query(Customer)}
        for name, members in (("Pilot", ["Alpha"]), ("Rest", ["Beta", "Gamma"])):
            chosen = [ids[member] for member in members]
            waving.add_wave(session, campaign, name, chosen, who=ADA, now=office.now)


def test_whatever_staff_change_the_board_says_at_once_what_the_campaigns_page_says(
    office: Office, app: Flask
) -> None:
    campaign, person = three_undecided(office), at_work(office, app, "Dana")
    said = sentence(office, campaign)
    assert said in words_on(person.get("/"))
    first = office.now.date() + timedelta(days=1)
    freeze(office, first, first + timedelta(days=360), reason="audit")
    assert sentence(office, campaign) != said
    assert sentence(office, campaign) in words_on(person.get("/"))
    assert sentence(office, campaign) in words_on(person.get(f"/campaigns/{campaign}"))


def test_who_waits_for_a_wave_is_counted_and_is_no_lack_of_time(office: Office, app: Flask) -> None:
    campaign, person = three_undecided(office), at_work(office, app, "Dana")
    before = sentence(office, campaign)
    words_on(person.get("/"))
    pilot_and_rest(office, campaign)
    assert sentence(office, campaign) == f"{before} 2 of them wait for their wave."
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        wave = waving.find_wave(session, found, "Pilot")
        waving.hold_wave(session, found, wave, why="printers", who=ADA, now=office.now)
    assert sentence(office, campaign) == f"{before} 3 of them wait for their wave."
    assert sentence(office, campaign) in words_on(person.get("/"))
