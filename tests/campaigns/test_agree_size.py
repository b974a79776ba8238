"""Choosing a date costs the same for a small customer and for a large one."""

from sqlalchemy import insert

from campaigns import headcount
from campaigns.models import Contact
from tests.campaigns.agree_kit import free, taken
from tests.kit import (
    Office,
    add_customer,
    agree_on,
    open_campaign,
    rollout_id,
    rows_of,
    withdraw,
)
from tests.statements import statements


def crowd(office: Office, customer: int, many: int) -> None:
    rows = [
        {
            "customer_id": customer,
            "name": f"Person {n}",
            "email": f"p{n}@crowd.example",
            "tags": {},
            "created_at": office.now,
        }
        for n in range(many)
    ]
    with office.store.writing() as session:
        session.execute(insert(Contact), rows)
        headcount.recount(session, [customer])


def test_agreeing_takes_the_same_statements_for_ten_people_and_for_three_thousand(
    office: Office,
) -> None:
    counts = []
    for name, many in (("Small", 10), ("Large", 3_000)):
        customer = add_customer(office, name, people=0)
        crowd(office, customer, many)
    campaign = open_campaign(office)
    for place, name in enumerate(("Small", "Large")):
        rollout = rollout_id(office, campaign, name)
        first, second = free(office, rollout)[2 * place : 2 * place + 2]  # untouched by the other
        with statements(office) as chosen:
            agree_on(office, rollout, first)
        with statements(office) as moved:
            agree_on(office, rollout, second)
        with statements(office) as gone:
            withdraw(office, rollout)
        counts.append((len(chosen), len(moved), len(gone)))
    assert counts[0] == counts[1]
    assert rows_of(office, "SELECT count(*) FROM delivery") == [(0,)]


def test_a_large_customer_takes_a_whole_day_and_no_more(office: Office) -> None:
    customer = add_customer(office, people=0)
    crowd(office, customer, 400)
    rollout = rollout_id(office, open_campaign(office))
    agree_on(office, rollout, free(office, rollout)[0])
    assert taken(office) == 480
