"""A provider's server on a free port, its letters in a folder, and Debian's Chromium."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from waitress.server import create_server

from campaigns.links import Links
from campaigns.store import Store
from rollout.serving import listen
from rollout.settings import Settings
from rollout.web import create_app
from tests.kit import Office, add_customer, fresh_office, open_campaign, rollout_id
from workers.mail import mailer_from

SECRET = "a secret for tests, long enough for anybody"


@dataclass
class Served:
    """An office that is served at `url` and writes its letters into `mail`."""

    office: Office
    url: str
    mail: Path
    rollout: int


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Browser tests need Chromium: apt-get install chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path: Path, sqlite_template: Path) -> Iterator[Served]:
    """Northwind Dental has its invitation in the mailbox."""
    database, mail = tmp_path / "rollout.db", tmp_path / "mail"
    database.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{database}", durable=False)
    socket, url = listen("127.0.0.1", 0)
    office = fresh_office(store)
    office.rt = replace(
        office.rt,
        mailer=mailer_from(f"folder:{mail}", tmp_path),
        links=Links(SECRET.encode(), url),
    )
    add_customer(office, people=8)
    rollout = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    settings = Settings(data=tmp_path, secret_key=SECRET, base_url=url)
    server = create_server(create_app(office.rt, settings), sockets=[socket], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Served(office, url, mail, rollout)
    server.close()
    thread.join(timeout=10)
    store.close()
