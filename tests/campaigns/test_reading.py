"""Who only reads can leave nothing behind, and Postgres plans a page once."""

from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.kit import Office, add_customer, open_campaign, open_days, rollout_id, rows_of


def test_what_is_only_read_leaves_nothing_behind(office: Office) -> None:
    with suppress(DBAPIError), office.store.reading() as session:
        session.execute(text("UPDATE staff SET name = 'Nobody'"))
    assert rows_of(office, "SELECT count(*) FROM staff WHERE name = 'Nobody'") == [(0,)]


def test_postgres_keeps_its_plans_from_one_reading_to_the_next(office: Office) -> None:
    add_customer(office)
    rollout = rollout_id(office, open_campaign(office))
    with office.store.reading() as one, office.store.reading() as other:
        one.execute(text("SELECT 1")), other.execute(text("SELECT 1"))  # two connections lie ready
    for _ in range(7):  # the driver prepares what it has sent five times
        open_days(office, rollout)
    if office.store.dialect == "postgresql":
        kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%technician_day%'"
        assert rows_of(office, kept) != [(0,)]
