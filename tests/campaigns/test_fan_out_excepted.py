"""An excepted person is left out, by the customer's own days."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.campaigns.fan_out_kit import HOME, agreed, berlin, reasons, told
from tests.kit import (
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    sent,
)
from tests.people_kit import except_until
from workers.courier import deliver
from workers.opening import open_due


def test_an_excepted_person_is_left_out_until_the_day_and_back_afterwards(office: Office) -> None:
    campaign, _, day = agreed(office)
    except_until(office, f"eve0@{HOME}", campaign, day - timedelta(days=7))
    office.until(berlin(day, time(20)))
    assert "eve0" not in told(office, "announce") | told(office, "deadline")
    assert "eve1" in told(office, "announce") & told(office, "deadline")
    assert "eve0" in told(office, "tomorrow") & told(office, "today")
    assert "excepted until" in str(reasons(office, "deadline")[f"eve0@{HOME}"][1])


def test_the_last_day_of_an_exception_is_the_customers_own_day(office: Office) -> None:
    """In Honolulu it is still the last day when the UTC day is already the next."""
    add_customer(office, "Palm Clinic", zone="Pacific/Honolulu", country=None)
    campaign = open_campaign(office)
    rollout = rollout_id(office, campaign, "Palm Clinic")
    office.later(hours=24)
    day = open_days(office, rollout)[5].day  # type: ignore[attr-defined]
    agree_on(office, rollout, day)
    except_until(office, "eve0@palm-clinic.example", campaign, day - timedelta(days=1))
    evening = datetime.combine(
        day - timedelta(days=1), time(8, 59), tzinfo=ZoneInfo("Pacific/Honolulu")
    )
    office.until(evening)
    office.clock.move_to(evening + timedelta(minutes=1))
    open_due(office.rt, office.now)
    late = evening.replace(hour=20)  # the UTC day is the next one by now
    office.clock.move_to(late)
    deliver(office.rt, office.now)
    addresses = {letter.address for letter in sent(office) if letter.step == "tomorrow"}
    assert "eve0@palm-clinic.example" not in addresses
    assert "eve1@palm-clinic.example" in addresses


def test_an_exception_made_between_opening_and_sending_holds_on_the_customers_own_last_day(
    office: Office,
) -> None:
    add_customer(office, "Palm Clinic", zone="Pacific/Honolulu", country=None)
    campaign = open_campaign(office)
    rollout = rollout_id(office, campaign, "Palm Clinic")
    office.later(hours=24)
    day = open_days(office, rollout)[5].day  # type: ignore[attr-defined]
    agree_on(office, rollout, day)
    zone = ZoneInfo("Pacific/Honolulu")
    office.until(datetime.combine(day, time(7, 29), tzinfo=zone))
    office.clock.move_to(datetime.combine(day, time(7, 30), tzinfo=zone))
    open_due(office.rt, office.now)
    except_until(office, "eve0@palm-clinic.example", campaign, day)
    office.clock.move_to(datetime.combine(day, time(17, 30), tzinfo=zone))
    deliver(office.rt, office.now)
    addresses = {letter.address for letter in sent(office) if letter.step == "today"}
    assert "eve0@palm-clinic.example" not in addresses
    assert "eve1@palm-clinic.example" in addresses


def test_an_exception_in_one_campaign_leaves_the_letters_of_another_alone(office: Office) -> None:
    add_customer(office)
    mfa = open_campaign(office)
    office.later(hours=24)
    rollout = rollout_id(office, mfa)
    day = open_days(office, rollout)[5].day  # type: ignore[attr-defined]
    agree_on(office, rollout, day)
    other = open_campaign(office, "Another change", start=False)
    except_until(office, "eve0@northwind-dental.example", other, day + timedelta(days=90))
    office.until(datetime.combine(day, time(20), tzinfo=UTC))
    assert "eve0@northwind-dental.example" in {letter.address for letter in sent(office)}
