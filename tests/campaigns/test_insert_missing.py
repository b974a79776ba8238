"""Rows that are there already are left alone, however many come at once."""

import pytest

from campaigns.models import CustomerLink, MailHost, MailQuota
from campaigns.store import MANY, insert_missing
from tests.kit import Office, add_customer, open_campaign, rollout_id, rows_of


def links(office: Office, count: int, *, start: int = 0) -> int:
    """How many of these links were new."""
    [(contact,)] = rows_of(office, "SELECT min(id) FROM contact")
    [(rollout,)] = rows_of(office, "SELECT min(id) FROM rollout")
    rows = [
        {
            "token_hash": f"{number:064d}",
            "purpose": "guide",
            "rollout_id": rollout,
            "contact_id": contact,
            "version": number,
            "created_at": office.now,
        }
        for number in range(start, start + count)
    ]
    with office.store.writing() as session:
        return insert_missing(session, CustomerLink, rows)


@pytest.mark.parametrize("count", [1, MANY - 1, MANY, 40 * MANY])
def test_new_rows_are_counted_and_known_ones_left(office: Office, count: int) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    assert rollout_id(office, campaign)
    assert links(office, count) == count
    assert links(office, count) == 0
    assert links(office, count, start=1) == 1
    [(kept,)] = rows_of(office, "SELECT count(*) FROM customer_link WHERE token_hash LIKE '000%'")
    assert kept == count + 1


def test_rows_that_are_all_alike_are_one_row(office: Office) -> None:
    host = {"name": "mail.example", "failures": 0}
    with office.store.writing() as session:
        insert_missing(session, MailHost, [host])
        row = {"host": "mail.example", "slot": 7, "given": 0}
        assert insert_missing(session, MailQuota, [row] * (2 * MANY)) == 1


def test_no_rows_are_nothing(office: Office) -> None:
    with office.store.writing() as session:
        assert insert_missing(session, CustomerLink, []) == 0
