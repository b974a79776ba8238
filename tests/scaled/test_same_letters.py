"""The small size and the large one send the same letters to the same people on the same days."""

import email.utils
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import migrations
from campaigns import agree, choice
from campaigns.models import Installation as InstallationRow
from campaigns.store import Store
from tests.kit import NOW, Office, add_customer, fresh_office, open_campaign, open_days, rollout_id
from tests.scaled.scaled_kit import Installation, within
from tests.services import postgres, redis

START = f"{NOW:%Y-%m-%dT%H:%MZ}"
END = NOW + timedelta(days=75)
A_WEEK_A_SECOND = 7 * 86_400
ZONES = {
    "Ash": "Europe/Berlin",
    "Birch": "Europe/London",
    "Cedar": "America/New_York",
    "Dogwood": "Pacific/Honolulu",
    "Elm": "Australia/Sydney",
}
AGREED = ("Ash", "Cedar", "Elm")
Letter = tuple[str, str, str, date]


def settle_in(url: str) -> None:
    """Five customers in five zones; three have agreed on a date, two say nothing."""
    store = Store(url)
    migrations.upgrade(store.engine)
    office = fresh_office(store)
    for name, zone in ZONES.items():
        add_customer(office, name, zone=zone, country=None, people=2)
    campaign = open_campaign(office)
    for place, name in enumerate(AGREED):
        choose(office, rollout_id(office, campaign, name), place)
    store.close()


def choose(office: Office, rollout: int, place: int) -> None:
    day = open_days(office, rollout)[place]
    with office.store.writing() as session:
        case = choice.open_case(session, rollout, office.now, office.rt.day_minutes)
        kim = agree.Chooser("Kim Lee", "owner")
        agree.agree(
            session,
            case,
            day=day.day,
            at=day.times[0],
            chooser=kim,
            answer_key=f"k{place}",
            now=office.now,
        )


def letters(house: Installation) -> list[Letter]:
    """(step, address, subject, local day) of every letter that left up to END."""
    found = []
    for letter in house.letters():
        address = email.utils.parseaddr(str(letter["To"]))[1]
        zone = ZONES[address.split("@")[1].split(".")[0].title()]
        sent = letter["Date"].datetime
        if sent <= END:
            local = sent.astimezone(ZoneInfo(zone)).date()
            found.append((str(letter["X-Rollout-Step"]), address, str(letter["Subject"]), local))
    return sorted(found)


def in_one_process(folder: Path) -> list[Letter]:
    """SQLite, a clock that stands, one `rollout tick`."""
    (folder / "data").mkdir(parents=True)
    settle_in(f"sqlite:///{folder / 'data' / 'rollout.db'}")
    house = Installation(folder, {"ROLLOUT_CLOCK": f"{START}@0"})
    house.run("tick", "--until", f"{END:%Y-%m-%dT%H:%MZ}")
    return letters(house)


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    with postgres() as database, redis() as broker:
        database.drop("rollout_same")
        yield database.create("rollout_same"), broker.url
        database.drop("rollout_same")


def in_many_processes(folder: Path) -> list[Letter]:
    """Postgres and Redis, a clock that runs, two workers and a beat."""
    folder.mkdir()
    with servers() as (database_url, broker_url):
        settle_in(database_url)
        house = Installation(
            folder,
            {
                "ROLLOUT_DATABASE_URL": database_url,
                "ROLLOUT_BROKER_URL": broker_url,
                "ROLLOUT_SECRET_KEY": "a secret for tests, long enough to be one",
                "ROLLOUT_CLOCK": f"{START}@{A_WEEK_A_SECOND}",
            },
        )
        try:
            running = [house.start(*words) for words in (["worker"], ["worker"], ["beat"])]
            until_swept(database_url)
            codes = [process.stop() for process in running]
            assert codes == [0, 0, 0], [process.said() for process in running]
        finally:
            house.end()
        return letters(house)


def until_swept(database_url: str) -> None:
    store = Store(database_url)

    def arrived() -> bool:
        with store.reading() as session:
            swept = session.get_one(InstallationRow, 1).swept_at
        return swept is not None and swept > END

    within(60, arrived, "the clock has come to the end")
    store.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> list[Letter]:
    return in_one_process(tmp_path_factory.mktemp("small") / "house")


def test_the_run_has_letters_of_every_kind(small: list[Letter]) -> None:
    steps = {step for step, *_ in small}
    assert {"invite", "confirm", "tomorrow", "today"} <= steps
    assert len({local for *_, local in small}) > 10
    assert len(small) > 50


def test_both_sizes_send_the_same_letters(small: list[Letter], tmp_path: Path) -> None:
    assert in_many_processes(tmp_path / "house") == small
