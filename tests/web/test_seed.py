"""The demo is a whole provider in the middle of its work, made by the product's own code."""

import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from campaigns import journal, launch, report, staff
from campaigns.boards import board, campaign_view
from campaigns.errors import Refused
from campaigns.links import find
from campaigns.models import Contact, Customer, Delivery, Rollout, VendorChange
from campaigns.store import Store
from rollout.cli.context import open_runtime
from rollout.seed import demo_settings, load_demo
from rollout.seed.crowd import contacts_csv
from rollout.settings import load
from workers.mail import SmtpMailer
from workers.runtime import HandClock, Runtime

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CAMPAIGN = "MFA for everyone"


@dataclass
class Demo:
    rt: Runtime
    folder: Path
    urls: dict[str, str]

    @property
    def store(self) -> Store:
        return self.rt.store


def start(folder: Path) -> Demo:
    """As `rollout up --demo` does, on a clock that stands."""
    loaded = load({"ROLLOUT_DATA": str(folder)}, **demo_settings({}))
    rt = replace(open_runtime(loaded), clock=HandClock(NOW))
    return Demo(rt, folder, load_demo(rt, loaded.settings))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    started = start(tmp_path_factory.mktemp("demo") / "data")
    yield started
    started.store.close()


def test_the_three_addresses_are_named_in_order(demo: Demo) -> None:
    assert list(demo.urls) == ["Board", "A customer's page", "Mailbox"]
    assert demo.urls["Board"] == "http://127.0.0.1:8000/"
    assert demo.urls["Mailbox"] == "http://127.0.0.1:8000/mailbox"


def test_the_customers_page_belongs_to_somebody_who_was_asked_and_has_no_date(demo: Demo) -> None:
    with demo.store.reading() as session:
        link = find(session, demo.urls["A customer's page"].rsplit("/", 1)[1], "choose")
        rollout = session.get_one(Rollout, link.rollout_id)
        assert session.get_one(Customer, rollout.customer_id).name == "Northwind Dental"
        assert rollout.state in ("invited", "proposed")
        assert rollout.version == 0


def test_a_second_start_loads_nothing_twice(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    def counts() -> list[int | None]:
        tables = (Customer, Contact, Delivery, Rollout, VendorChange)
        with demo.store.reading() as session:
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    before = counts()
    again = start(demo.folder)
    again.store.close()
    assert counts() == before
    assert again.urls == demo.urls
    printed = capsys.readouterr()
    assert "Loading" not in printed.err
    assert password(demo) in printed.out


def password(demo: Demo) -> str:
    return (demo.folder / "demo-password.txt").read_text().strip()


def test_the_password_is_kept_for_the_owners_eyes_and_lets_every_role_in(demo: Demo) -> None:
    kept = demo.folder / "demo-password.txt"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    for who in ("dana", "bo", "mia", "noah", "tess", "ravi", "otto"):
        with demo.store.writing() as session:
            email = f"{who}@harbor-it.example"
            assert staff.sign_in(session, email, password(demo), "127.0.0.1", NOW)


def test_every_address_is_one_that_can_belong_to_nobody(demo: Demo) -> None:
    with demo.store.reading() as session:
        addresses = session.scalars(select(Contact.email)).all()
    assert len(addresses) > 300
    assert {address.rsplit(".", 1)[1] for address in addresses} == {"example"}


def test_the_people_are_the_same_every_time() -> None:
    assert contacts_csv() == contacts_csv()
    assert contacts_csv().decode().splitlines()[1].startswith("Northwind Dental,Anna Müller,")


def test_some_are_through_some_have_agreed_and_some_are_still_asked(demo: Demo) -> None:
    with demo.store.reading() as session:
        view = campaign_view(session, launch.find_campaign(session, CAMPAIGN), NOW)
    states = Counter(line.state for line in view.lines)
    assert sum(states.values()) == 24
    assert states["verified"] >= 5
    assert states["agreed"] >= 8
    assert states["invited"] + states["proposed"] == 6
    how = {line.agreed.how for line in view.lines if line.agreed}
    assert how == {"picked", "moved", "by_staff"}
    risks = " ".join(risk for line in view.lines for risk in line.risks)
    assert "owner's address bounced" in risks
    assert "no decision maker named" in risks
    assert view.total.unknown
    assert view.total.excepted == 2


def test_the_change_says_that_it_is_made_up_and_lies_ahead(demo: Demo) -> None:
    with demo.store.reading() as session:
        view = campaign_view(session, launch.find_campaign(session, CAMPAIGN), NOW)
    assert "made up for the demo" in view.change_title
    assert view.vendor_day is not None
    assert timedelta(days=42) <= view.vendor_day - NOW.date() < timedelta(days=49)


def test_the_board_has_something_for_everybody(demo: Demo) -> None:
    with demo.store.reading() as session:
        seen = board(session, NOW)
    assert {item.kind for item in seen.items} == {"risk", "task", "uncertain"}
    titles = " ".join(item.title for item in seen.items)
    for words in ("Brooklyn Roasters asks", "none of the dates fit", "needs help"):
        assert words in titles
    assert {view.state for view in seen.campaigns} == {"running", "draft"}
    assert any(day.booked for day in seen.days)


def test_the_value_report_counts_those_who_are_through(demo: Demo) -> None:
    with demo.store.reading() as session:
        found = report.value(session, launch.find_campaign(session, CAMPAIGN), NOW)
    assert sum(counted.counts for counted, _ in found.rows) == 8
    assert found.total.tickets.likely > 0


def test_every_letter_lies_in_the_mailbox_and_the_journal_is_whole(demo: Demo) -> None:
    with demo.store.reading() as session:
        sent = session.scalars(select(Delivery.public_id).where(Delivery.state == "sent")).all()
        assert journal.verify(session) == []
        assert session.scalar(select(func.max(Delivery.settled_at))) <= NOW
    assert len(sent) > 600
    assert {file.stem for file in (demo.folder / "mailbox").glob("*.eml")} == set(sent)


def test_an_installation_of_ones_own_is_left_alone(tmp_path: Path) -> None:
    loaded = load({"ROLLOUT_DATA": str(tmp_path)})
    rt = open_runtime(loaded)
    with rt.store.writing() as session:
        staff.add(session, journal.SYSTEM, "eve@msp.example", "Eve Moss", "admin", NOW)
    with pytest.raises(Refused, match="not a whole demo"):
        load_demo(rt, loaded.settings)
    rt.store.close()


def test_letters_of_the_demo_never_leave_this_machine(tmp_path: Path) -> None:
    server = "smtp://mail.msp.example:25"
    loaded = load({"ROLLOUT_DATA": str(tmp_path), "ROLLOUT_MAIL": server})
    rt = open_runtime(loaded)
    assert isinstance(rt.mailer, SmtpMailer)
    with pytest.raises(Refused, match="stay on this machine"):
        load_demo(rt, loaded.settings)
    rt.store.close()


def test_a_setting_of_ones_own_goes_before_the_demos() -> None:
    assert demo_settings({"ROLLOUT_PROVIDER": "Mine"}).keys() == {"provider_phone", "mail_from"}
