"""The value report: ranges with their grade, recounted here by hand from the database."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from campaigns import report, schedule
from campaigns.models import Campaign, Touch, ValueStatement
from campaigns.report.inputs import MINUTES_A_LETTER, MINUTES_A_TASK
from campaigns.rules.value import simulate
from tests.kit import (
    ADA,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
)
from tests.people_kit import except_until, import_words, word_of

PEOPLE = """
    SELECT customer.name, count(*) FROM contact JOIN customer ON customer.id = contact.customer_id
    WHERE contact.kind = 'person' AND contact.left_at IS NULL GROUP BY customer.name
"""
LETTERS = """
    SELECT customer.name, count(*) FROM delivery
    JOIN touch ON touch.id = delivery.touch_id JOIN rollout ON rollout.id = touch.rollout_id
    JOIN customer ON customer.id = rollout.customer_id
    WHERE delivery.state = 'sent' GROUP BY customer.name
"""


def valued(office: Office, campaign: int) -> dict[str, Any]:
    with office.store.reading() as session:
        found = session.get_one(Campaign, campaign)
        return report.value(session, found, office.now).as_json()


def by_name(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["customer"]: row for row in facts["customers"]}


def never_booked(office: Office, rollout: int) -> None:
    """Nobody there can be told of a day, so none is booked for them."""
    with office.store.writing() as session:
        touches = select(Touch.id).where(Touch.rollout_id == rollout)
        schedule.take_back(session, schedule.taking_back(touches), "a test", office.now)


def run(office: Office) -> tuple[int, date]:
    """Alpha agreed and its day has come; Beta's lies ahead; Gamma never answered."""
    for name, many in (("Alpha", 10), ("Beta", 4), ("Gamma", 3)):
        add_customer(office, name, people=many)
    import_words(
        office,
        word_of("eve0@alpha.example", 2),
        word_of("eve1@alpha.example", 3),
        word_of("eve2@alpha.example", 1),
        taken_at=office.now - timedelta(days=3),
    )
    campaign = open_campaign(office)
    office.later(hours=3)
    alpha, beta = rollout_id(office, campaign, "Alpha"), rollout_id(office, campaign, "Beta")
    days = [day.day for day in open_days(office, alpha)]  # type: ignore[attr-defined]
    agree_on(office, alpha, days[0])
    agree_on(office, beta, days[-1])
    never_booked(office, rollout_id(office, campaign, "Gamma"))
    office.until(datetime.combine(days[0], time(20), tzinfo=UTC))
    return campaign, days[0]


def test_people_who_were_done_before_the_campaign_count_nothing(office: Office) -> None:
    campaign, _ = run(office)
    import_words(office, word_of("eve5@alpha.example", 3))  # done by the campaign: counts
    alpha = by_name(valued(office, campaign))["Alpha"]
    assert alpha["done_before"] == 2
    assert alpha["people_counted"] == 12 - 2


def test_somebody_who_was_done_before_and_is_excepted_is_left_out_once(office: Office) -> None:
    campaign, day = run(office)
    except_until(office, "eve0@alpha.example", campaign, day + timedelta(days=90))
    except_until(office, "eve5@alpha.example", campaign, day + timedelta(days=90))
    # Twelve people less two done before (one of them excepted) less one more excepted.
    assert by_name(valued(office, campaign))["Alpha"]["people_counted"] == 9


def test_customers_without_a_date_that_has_come_count_nothing_and_say_why(
    office: Office,
) -> None:
    campaign, _ = run(office)
    rows = by_name(valued(office, campaign))
    assert rows["Beta"]["why_not"] == "the agreed date has not come yet"
    assert rows["Gamma"]["why_not"] == "no date was agreed"
    for name in ("Beta", "Gamma"):
        assert rows[name]["counted"] is False
        assert rows[name]["people_counted"] == 0
        assert rows[name]["avoided"]["tickets"] == {"low": 0, "likely": 0, "high": 0}


def test_the_totals_recount_by_hand(office: Office) -> None:
    campaign, _ = run(office)
    facts = valued(office, campaign)
    rows = by_name(facts)
    people, letters = dict(rows_of(office, PEOPLE)), dict(rows_of(office, LETTERS))
    [(tasks,)] = rows_of(
        office, "SELECT count(*) FROM task WHERE done_at IS NOT NULL AND rollout_id IS NOT NULL"
    )
    assert tasks == 0
    counted = people["Alpha"] - 2
    assert facts["total"]["people_counted"] == counted
    avoided = simulate(counted)
    shown = rows["Alpha"]["avoided"]
    for name in ("tickets", "technician_hours", "user_hours"):
        figure = getattr(avoided, name)
        assert shown[name] == {
            "low": round(figure.low, 2),
            "likely": round(figure.likely, 2),
            "high": round(figure.high, 2),
        }
        assert facts["total"]["avoided"][name] == shown[name]
    labour = letters["Alpha"] * MINUTES_A_LETTER / 60
    assert rows["Alpha"]["campaign_labour_hours"] == pytest.approx(labour, abs=0.006)
    assert facts["total"]["campaign_labour_hours"] == pytest.approx(labour, abs=0.006)


def test_a_done_task_is_labour(office: Office) -> None:
    campaign, _ = run(office)
    before = by_name(valued(office, campaign))["Alpha"]["campaign_labour_hours"]
    with office.store.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE task SET done_at = '2026-08-01 08:00:00+00:00' WHERE id IN (SELECT min(task.id)"
            " FROM task JOIN rollout ON rollout.id = task.rollout_id"
            " JOIN customer ON customer.id = rollout.customer_id WHERE customer.name = 'Alpha')"
        )
    after = by_name(valued(office, campaign))["Alpha"]["campaign_labour_hours"]
    assert after - before == pytest.approx(MINUTES_A_TASK / 60, abs=0.011)


def test_every_figure_is_a_range_and_the_net_is_hours_less_labour(office: Office) -> None:
    facts = valued(office, run(office)[0])
    for row in [*facts["customers"], facts["total"]]:
        ranges = [*row["avoided"].values(), row["net_technician_hours"]]
        for figure in ranges:
            assert figure["low"] <= figure["likely"] <= figure["high"]
        for end in ("low", "likely", "high"):
            gross = row["avoided"]["technician_hours"][end]
            net = gross - row["campaign_labour_hours"]
            assert row["net_technician_hours"][end] == pytest.approx(net, abs=0.011)


def test_the_report_names_its_grade_its_assumptions_and_its_window(office: Office) -> None:
    campaign, day = run(office)
    facts = valued(office, campaign)
    assert facts["grade"] == "D"
    assert facts["grade_words"] == "estimate from assumptions, not measured"
    assert all({"name", "value", "grade", "source"} <= set(row) for row in facts["assumptions"])
    assert len(facts["assumptions"]) >= 4
    assert facts["window"]["from"].startswith("2026-06-01")
    assert facts["window"]["until"].startswith((day + timedelta(days=14)).isoformat())


def test_a_statement_stays_as_it_was_given(office: Office) -> None:
    campaign, _ = run(office)
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        given = report.value(session, found, office.now)
        report.state(session, given, found, ADA)
    office.later(days=200)
    with office.store.reading() as session:
        kept = session.query(ValueStatement).one()
        assert kept.result == given.as_json()


def test_adoption_prints_the_numerator_with_its_whole(office: Office) -> None:
    campaign, _ = run(office)
    with office.store.reading() as session:
        facts = report.adoption(session, session.get_one(Campaign, campaign), office.now)
    assert set(facts) >= {"campaign", "as_of", "customers", "total"}
    for row in [*facts["customers"], facts["total"]]:
        parts = row["done"] + row["not_done"] + row["unknown"] + row["excepted"]
        assert parts == row["people"]
        assert sum(row["levels"].values()) == row["people"] - row["excepted"]
    people = dict(rows_of(office, PEOPLE))
    assert {row["customer"]: row["people"] for row in facts["customers"]} == people
    assert facts["total"]["people"] == sum(people.values())
    assert facts["total"]["done"] == 2


def test_a_campaign_that_has_not_begun_has_avoided_nothing(office: Office) -> None:
    add_customer(office)
    facts = valued(office, open_campaign(office, start=False))
    assert facts["window"] == {"from": None, "until": None}
    assert facts["total"]["people_counted"] == 0
    assert facts["total"]["avoided"]["user_hours"] == {"low": 0, "likely": 0, "high": 0}


def test_the_pack_says_how_many_days_of_notice_were_given(office: Office) -> None:
    campaign, day = run(office)
    with office.store.reading() as session:
        facts = report.pack(session, session.get_one(Campaign, campaign), office.now)
    rows = {row["customer"]: row for row in facts["customers"]}
    assert rows["Alpha"]["days_of_notice"] == (day - date(2026, 6, 1)).days
    assert rows["Alpha"]["chosen"] == "picked"
    assert rows["Gamma"]["days_of_notice"] is None
