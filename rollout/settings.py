"""Settings: environment variables ROLLOUT_*, secrets also from a file named by NAME_FILE.

One frozen object, built by `load`. The mode is `database_url` and `broker_url`;
nothing else asks whether the installation is embedded.
"""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "ROLLOUT_"
SECRETS = ("database_url", "broker_url", "secret_key", "mail", "dkim_key")
CLOCK = re.compile(r"^(?P<start>\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z)@(?P<speed>\d+(\.\d+)?)$")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class BadSettings(Exception):
    """One or more settings cannot be used; the message names each and the mend."""


class Settings(BaseSettings):
    """Every setting, its meaning and its default. `rollout settings` prints this table."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data: Path = Field(
        Path("rollout-data"),
        description="Folder of the embedded database, the dev mailbox and the generated secret.",
    )
    database_url: str = Field(
        "", description="SQLAlchemy address; empty means a SQLite file in the data folder."
    )
    broker_url: str = Field(
        "memory://", description="Celery broker; memory:// runs everything in one process."
    )
    base_url: str = Field(
        "",
        description="Address under which letters link here; empty means that of `rollout up`.",
    )
    secret_key: str = Field(
        "",
        description="At least 32 characters; made and kept in the data folder when SQLite is used.",
    )
    mail: str = Field(
        "mailbox:",
        description="smtp://user:pass@host:port?tls=starttls, folder:DIR or mailbox: (in the app).",
    )
    mail_from: str = Field(
        "Rollout <rollout@localhost>", description="Sender of every letter, as Name <address>."
    )
    dkim_key: str = Field(
        "", description="PEM key that signs letters (DKIM); best as ROLLOUT_DKIM_KEY_FILE."
    )
    dkim_selector: str = Field(
        "rollout", description="Where the public key stands: SELECTOR._domainkey.YOUR-DOMAIN."
    )
    mail_redirect: str = Field("", description="Send all mail to this one address instead.")
    clock: str = Field(
        "real", description="real, or START@SPEED such as 2026-11-22T08:00Z@86400 (a day a second)."
    )
    provider: str = Field("Your IT provider", description="Your firm's name, as customers know it.")
    provider_phone: str = Field("", description="The phone number that letters and pages show.")
    two_person: bool = Field(
        True, description="Who opened a campaign does not approve it; 0 turns that off."
    )
    day_minutes: int = Field(
        480, ge=0, le=6000, description="Minutes that one technician has for rollouts on one day."
    )
    sweep_seconds: float = Field(
        5.0, gt=0, le=60, description="How often the worker looks for what is due."
    )
    lease_seconds: int = Field(
        40, ge=10, le=3600, description="How long a claimed letter belongs to one worker."
    )
    connections: int = Field(
        4, ge=1, le=64, description="Connections to the mail server that one worker opens."
    )
    marks: int = Field(
        1, ge=1, le=200, description="Letters marked at once; a crash leaves as many uncertain."
    )
    mail_connections: int = Field(
        0, ge=0, description="Connections that the mail server allows in all; 0 is any number."
    )
    mail_per_minute: int = Field(
        0, ge=0, description="Letters a minute that the mail server takes; 0 is any number."
    )
    mail_per_day: int = Field(
        0, ge=0, description="Letters in 24 hours that the mail server takes; 0 is any number."
    )
    cookie_secure: bool = Field(
        False, description="Mark cookies as https only; set it to 1 behind https."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # `load` reads the environment itself, so that NAME_FILE and the source of each
        # value are known; nothing else may slip in.
        return (init_settings,)

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must be an address such as https://rollout.example.com")
        return value.rstrip("/")

    @field_validator("mail_from", "mail_redirect")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and ("@" not in parseaddr(value)[1] or "\n" in value or "\r" in value):
            raise ValueError("must be a mail address such as Dana Reyes <it@example.com>")
        return value

    @field_validator("clock")
    @classmethod
    def _clock(cls, value: str) -> str:
        if value != "real" and not CLOCK.match(value):
            raise ValueError("must be real, or START@SPEED such as 2026-11-22T08:00Z@86400")
        return value

    @cached_property
    def store_url(self) -> str:
        """The database address, the embedded default filled in."""
        return self.database_url or f"sqlite:///{(self.data / 'rollout.db').resolve()}"

    @property
    def embedded_store(self) -> bool:
        return self.store_url.startswith("sqlite")

    @property
    def embedded_broker(self) -> bool:
        return self.broker_url.startswith("memory:")

    @property
    def mail_stays_here(self) -> bool:
        """True where no letter can leave this machine."""
        if self.mail.startswith(("mailbox:", "folder:")):
            return True
        return urlsplit(self.mail).hostname in LOOPBACK

    def secret(self) -> bytes:
        """The signing secret; on the embedded default it is made once and kept.

        Raises BadSettings where none is set and none may be made.
        """
        if self.secret_key:
            return self.secret_key.encode()
        path = self.data / "secret.key"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            _put_whole(path, secrets.token_urlsafe(48))
        return path.read_text().strip().encode()


def _put_whole(path: Path, text: str) -> None:
    """The file appears with all its text or not at all; one that is there already stays."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mode 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()


@dataclass(frozen=True)
class Loaded:
    """The settings, and for each name where its value came from."""

    settings: Settings
    sources: Mapping[str, str] = field(default_factory=dict)


def load(environment: Mapping[str, str], **overrides: Any) -> Loaded:
    """Settings from an environment. Raises BadSettings naming every bad value."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name in Settings.model_fields:
        variable = PREFIX + name.upper()
        if environment.get(variable + "_FILE"):
            values[name] = _from_file(variable + "_FILE", environment[variable + "_FILE"])
            sources[name] = variable + "_FILE"
        elif variable in environment:
            values[name], sources[name] = environment[variable], variable
    for name, value in overrides.items():
        if value is not None:
            values[name], sources[name] = value, "command line"
    if "data" not in values and values.get("database_url", "").startswith("sqlite:///"):
        # The secret and the dev mailbox belong beside the database that they go with.
        values["data"] = Path(values["database_url"].removeprefix("sqlite:///")).parent
        sources["data"] = "beside the database"
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise BadSettings(_sentences(error)) from None
    _check_together(settings)
    return Loaded(settings, sources)


def _from_file(variable: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise BadSettings(
            f"{variable} names {path}, which cannot be read: {error.strerror}."
        ) from None


def _sentences(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        variable = PREFIX + str(problem["loc"][0]).upper()
        lines.append(f"{variable}: {problem['msg'].removeprefix('Value error, ')}.")
    return "\n".join(lines)


def _check_together(settings: Settings) -> None:
    if settings.clock != "real" and not settings.mail_stays_here:
        raise BadSettings(
            "ROLLOUT_CLOCK drives the clock, so letters would leave at false times. "
            "Set ROLLOUT_MAIL to mailbox:, folder:DIR or a loopback host, or ROLLOUT_CLOCK to real."
        )
    if not settings.embedded_store and not settings.secret_key:
        raise BadSettings(
            "ROLLOUT_SECRET_KEY is not set. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if settings.secret_key and len(settings.secret_key) < 32:
        raise BadSettings("ROLLOUT_SECRET_KEY is too short: it needs at least 32 characters.")
