"""The board says of each campaign whether it can still be done in time."""

from datetime import timedelta

from flask import Flask

from campaigns import propose
from campaigns.models import Campaign, DayOff, Rollout, Staff
from tests.kit import Office, add_customer, agree_on, open_campaign, open_days, rollout_id
from tests.web.board_kit import at_work, words_on


def sentence(office: Office, campaign: int) -> str:
    with office.store.reading() as session:
        found = session.get_one(Campaign, campaign)
        outlook = propose.outlook_of(session, found, office.now, office.rt.day_minutes)
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
