"""docker-compose.yml: what it promises, and its own commands on a real Postgres and Redis."""

import re
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.scaled.scaled_kit import Installation, Process, answer, within
from tests.services import postgres, redis
from tests.services.process import free_port
from tests.shared import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
ENV_EXAMPLE = (ROOT / ".env.example").read_text()
CUSTOMERS = "Northwind Dental,northwind.example,Europe/Berlin,DE,en\n"
CONTACTS = "Northwind Dental,Kim Lee,kim@northwind.example,decision maker\n"


MONDAY = "2026-06-01T08:00Z@1"


class Parts:
    """The installation of docker-compose.yml without Docker: its commands, its variables."""

    def __init__(self, house: Installation, port: int) -> None:
        self.house = house
        self.port = port

    def start(self, name: str) -> Process:
        words = [re.sub(r"^8000$", str(self.port), word) for word in SERVICES[name]["command"]]
        assert words[0] == "rollout"
        return self.house.start(*words[1:])


def environment(folder: Path, database_url: str, broker_url: str, port: int) -> dict[str, str]:
    """The variables of the compose file, with secrets and servers of this machine."""
    secrets = {
        "database_url": database_url,
        "secret_key": "a secret for tests, long enough to be one",
        "mail": f"folder:{folder / 'mail'}",
    }
    (folder / "secrets").mkdir()
    for name, text in secrets.items():
        (folder / "secrets" / name).write_text(text + "\n")
    given = dict(re.findall(r"^(\w+)=(.*)$", ENV_EXAMPLE, re.MULTILINE))
    given["ROLLOUT_BASE_URL"] = f"http://127.0.0.1:{port}"
    found = {}
    for name, value in SERVICES["web"]["environment"].items():
        text = str(value).replace("/run/secrets", str(folder / "secrets"))
        text = text.replace("redis://redis:6379/0", broker_url)
        found[name] = re.sub(r"\$\{(\w+)[^}]*\}", lambda m: given[m[1]].strip('"'), text)
    return found


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder, port = tmp_path_factory.mktemp("compose"), free_port()
    with postgres() as database, redis() as broker:
        database.drop("rollout_compose")
        url = database.create("rollout_compose")
        house = Installation(folder, environment(folder, url, broker.url, port))
        del house.env["ROLLOUT_MAIL"]  # it comes from its secret
        house.env["ROLLOUT_CLOCK"] = MONDAY  # on a real Sunday nobody is invited
        yield Parts(house, port)
        house.end()
        database.drop("rollout_compose")


@pytest.mark.parametrize("name", OURS)
def test_our_parts_share_one_image_that_may_change_nothing_on_its_disk(name: str) -> None:
    part = SERVICES[name]
    assert part["image"] == SERVICES["web"]["image"]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in part["tmpfs"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_environment(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search("PASSWORD|SECRET|DATABASE_URL|MAIL_FILE", variable):
            assert variable.endswith("_FILE")
            assert Path(value).parent == Path("/run/secrets")
            assert Path(value).name in SERVICES[name]["secrets"]
    assert not re.search("PASSWORD|SECRET|DATABASE_URL", ENV_EXAMPLE)


def test_secrets_come_from_files_that_git_does_not_keep() -> None:
    assert {Path(entry["file"]).parent for entry in COMPOSE["secrets"].values()} == {
        Path("secrets")
    }
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/secrets/", ".env"} <= set(ignored)


def test_what_is_to_last_lies_in_named_volumes() -> None:
    used = {entry.split(":")[0] for part in SERVICES.values() for entry in part.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql/data"]


def test_parts_start_in_order_and_come_back_when_they_fall() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis"}
    for name in ("web", "worker", "beat"):
        after = {part: how["condition"] for part, how in SERVICES[name]["depends_on"].items()}
        assert after["migrate"] == "service_completed_successfully"
        assert after["postgres"] == after["redis"] == "service_healthy"
    for name in set(SERVICES) - {"migrate"}:
        assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", ["web", "postgres", "redis"])
def test_what_has_a_port_is_asked_for_its_health(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_every_variable_that_compose_asks_for_is_explained_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    lines = ENV_EXAMPLE.splitlines()
    given = {line.split("=")[0] for line in lines if re.match(r"\w+=", line)}
    assert asked == given
    assert sum(line.startswith("#") for line in lines) >= len(given)


def test_the_image_is_built_from_the_lock_and_runs_as_nobody_in_particular() -> None:
    _, *stages = DOCKERFILE.split("\nFROM ")
    assert len(stages) == 2
    assert DOCKERFILE.count("python:3.13-slim") == 2
    assert "--require-hashes -r requirements.txt" in stages[0]
    assert "hatchling build -t wheel" in stages[0]
    assert re.search(r"^USER 10001$", stages[1], re.MULTILINE)
    assert "HEALTHCHECK" in stages[1]
    assert "/healthz" in stages[1]
    assert stages[1].strip().endswith('CMD ["rollout", "web", "--host", "0.0.0.0"]')


def test_the_parts_invite_a_customer_once_and_stop_when_they_are_told(parts: Parts) -> None:
    house, port = parts.house, parts.port
    assert "Run `rollout migrate`" in house.refused(*SERVICES["beat"]["command"][1:])
    migrate = parts.start("migrate")
    within(30, lambda: not migrate.alive(), "migrate ends")
    assert "migrations applied" in migrate.said()
    running = [parts.start(name) for name in ("web", "worker", "worker", "beat")]
    house.open_campaign(CUSTOMERS, CONTACTS, needed=date(2026, 12, 15))
    within(60, house.letters, "the invitation leaves")
    within(20, lambda: answer(port, "/healthz") == 200, "the pages answer")
    assert answer(port, "/readyz") == 200
    letters = house.letters()
    assert [(str(m["To"]), m["X-Rollout-Step"]) for m in letters] == [
        ("Kim Lee <kim@northwind.example>", "invite")
    ]
    assert f"http://127.0.0.1:{port}/c/" in letters[0].as_string()
    assert all(process.alive() for process in running)
    codes = [process.stop(signal.SIGTERM, within=10.0) for process in running]
    assert codes == [0, 0, 0, 0], [process.said() for process in running]
    assert len(house.letters()) == 1
