"""A cloned or restored database sends nothing until somebody confirms; nor does a clock that
jumped. What honest installations do never holds them."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from campaigns.errors import Conflict
from campaigns.store import Store
from tests.kit import ADA, NOW, Office, add_customer, fresh_office, open_campaign, sent
from tests.services import Postgres
from workers import gate
from workers.mail import MemoryMailer
from workers.runtime import Runtime
from workers.steward import tick


@dataclass
class SetByHand:
    """The machine's clock, as somebody with a wrench sees it; it goes on by itself not at all."""

    at: datetime = NOW
    speed: float | None = None

    def move_to(self, moment: datetime) -> None:
        """Nobody moves real time."""

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def machine(self) -> datetime:
        return self.at.astimezone(UTC)


@pytest.fixture
def filed(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """An installation in a folder of its own."""
    folder = tmp_path / "here"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "rollout.db")
    store = Store(f"sqlite:///{folder / 'rollout.db'}")
    yield fresh_office(store)
    store.close()


def at(office: Office, store: Store) -> Runtime:
    """The same program, started on another database, with a mailer of its own."""
    return replace(
        office.rt, store=store, mailer=MemoryMailer(), compiled={}, worded={}, pinned=set()
    )


def invite(office: Office, name: str = "Northwind Dental") -> None:
    add_customer(office, name)
    open_campaign(office, f"MFA at {name}")


def folder_of(office: Office) -> Path:
    return Path(str(office.store.engine.url.database)).parent


def copy_database(source: Path, target: Path) -> None:
    """As `.backup` does, while everything runs."""
    target.parent.mkdir(exist_ok=True)
    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)
    one.close()
    other.close()


def journal(store: Store) -> list[str]:
    with store.reading() as session:
        query = "SELECT what FROM journal_entry WHERE subject = 'sending' ORDER BY id"
        return [what for (what,) in session.execute(text(query))]


def test_restarts_and_further_workers_change_nothing(office: Office) -> None:
    invite(office)
    tick(office.rt)
    again = Store(office.store.url)
    try:
        assert gate.may_send(at(office, again)) is None
    finally:
        again.close()
    assert len(sent(office)) == 1


@pytest.mark.parametrize("with_folder", [False, True])
def test_a_copy_of_the_file_sends_nothing_until_it_is_confirmed(
    filed: Office, with_folder: bool
) -> None:
    tick(filed.rt)
    invite(filed)
    home, staging = folder_of(filed), folder_of(filed).parent / "staging"
    if with_folder:
        filed.store.close()
        shutil.copytree(home, staging)
    else:
        copy_database(home / "rollout.db", staging / "rollout.db")
    clone = Store(f"sqlite:///{staging / 'rollout.db'}")
    rt = at(filed, clone)
    try:
        assert tick(rt).sent == 0
        assert "copied" in str(gate.may_send(rt))
        assert journal(clone) == []
        gate.arm(rt, ADA)
        assert tick(rt).sent == 1
        assert journal(clone) == ["sending_armed"]
    finally:
        clone.close()
    assert tick(filed.rt).sent == 1


def test_a_clone_on_the_same_server_sends_nothing_until_it_is_confirmed(
    postgres_server: Postgres,
) -> None:
    home = Store(postgres_server.create("gate_home", template="rollout_template"))
    office = fresh_office(home)
    tick(office.rt)
    invite(office)
    home.close()
    clone = Store(postgres_server.create("gate_clone", template="gate_home"))
    rt = at(office, clone)
    try:
        assert tick(rt).sent == 0
        gate.arm(rt, ADA)
        assert tick(rt).sent == 1
        assert tick(office.rt).sent == 1
    finally:
        home.close()
        clone.close()
        postgres_server.drop("gate_clone")
        postgres_server.drop("gate_home")


def test_a_backup_that_is_put_back_is_known_as_older_than_what_left(filed: Office) -> None:
    tick(filed.rt)
    invite(filed)
    home = folder_of(filed) / "rollout.db"
    copy_database(home, home.with_name("backup.db"))
    assert tick(filed.rt).sent == 1
    copy_database(home.with_name("backup.db"), home)
    filed.store.close()
    assert tick(filed.rt).sent == 0
    assert "restored" in str(gate.may_send(filed.rt))
    assert journal(filed.store) == ["sending_held"]
    gate.arm(filed.rt, ADA)
    assert gate.may_send(filed.rt) is None
    assert journal(filed.store) == ["sending_held", "sending_armed"]


def test_a_backup_since_which_nothing_left_goes_on_at_once(filed: Office) -> None:
    invite(filed)
    tick(filed.rt)
    home = folder_of(filed) / "rollout.db"
    copy_database(home, home.with_name("backup.db"))
    tick(filed.rt)
    copy_database(home.with_name("backup.db"), home)
    filed.store.close()
    assert gate.may_send(filed.rt) is None


def test_a_database_put_back_into_an_empty_folder_asks(filed: Office) -> None:
    invite(filed)
    tick(filed.rt)
    [beside] = folder_of(filed).glob("sent-*.json")
    beside.unlink()
    assert gate.may_send(filed.rt) is not None


def test_a_clock_that_jumps_forward_holds_everything_until_somebody_confirms(
    filed: Office,
) -> None:
    rt = by_hand(filed)
    tick(rt)
    invite(filed)
    rt.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    assert tick(rt).sent == 0
    rt.clock.at -= timedelta(days=1)  # type: ignore[attr-defined]
    assert tick(rt).sent == 0  # a person must look, whatever the clock says now
    assert journal(filed.store) == ["sending_held"]
    gate.arm(rt, ADA)
    assert tick(rt).sent == 1


def test_a_clock_that_is_set_back_holds_while_it_is_wrong_and_sends_nothing_again(
    filed: Office,
) -> None:
    rt = by_hand(filed)
    invite(filed)
    assert tick(rt).sent == 1
    rt.clock.at -= timedelta(days=1)  # type: ignore[attr-defined]
    assert tick(rt).sent == 0
    add_customer(filed, "Harbour Legal")
    open_campaign(filed, "Second")
    assert tick(rt).sent == 0
    rt.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    assert tick(rt).sent == 2  # the second campaign is for both customers
    assert [len(list(filed.mail.letters)), tick(rt).sent] == [3, 0]


def test_the_time_between_sweeps_may_be_long(filed: Office) -> None:
    """The machine was off: its count since the start begins anew."""
    rt = by_hand(filed)
    tick(rt)
    with filed.store.writing() as session:
        session.execute(text("UPDATE installation SET swept_boot = 'an earlier start'"))
    rt.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    assert gate.may_send(rt) is None


def test_there_is_nothing_to_confirm_where_nothing_is_held(filed: Office) -> None:
    tick(filed.rt)
    with pytest.raises(Conflict):
        gate.arm(filed.rt, ADA)


def test_a_worker_whose_clock_is_not_the_servers_sends_nothing(
    postgres_database: str, office: Office
) -> None:
    """June on this machine, today on the server; with a file there is no second clock."""
    rt = replace(office.rt, clock=SetByHand())
    invite(office)
    differs = office.store.url == postgres_database
    assert tick(rt).sent == (0 if differs else 1)
    if differs:
        with pytest.raises(Conflict):
            gate.arm(rt, ADA)


def by_hand(office: Office) -> Runtime:
    return replace(office.rt, clock=SetByHand())
