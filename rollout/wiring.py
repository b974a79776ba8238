"""The edge: here the clock is read, secrets are opened, and the runtime is put together."""

import os
import threading
import time
import uuid
import zoneinfo
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from sqlalchemy import select, update

from campaigns.contact import Limits
from campaigns.facts import Provider
from campaigns.links import Links
from campaigns.models import Installation
from campaigns.store import Store, insert_missing
from guides import library
from rollout.settings import CLOCK, BadSettings, Settings
from workers.mail import Mailer, mailer_from
from workers.runtime import Clock, Runtime, Signer

# How stale the shared position of a driven clock may be, in seconds of this machine.
FRESH = 0.25
DEFAULT_ADDRESS = "http://127.0.0.1:8000"
# A driven clock whose last sweep is older than this was stopped, and goes on where it stood.
STOPPED = timedelta(seconds=30)


def pin_time_zones() -> None:
    """Use the packaged tz data, whatever the machine has: promises must not move with it."""
    os.environ["PYTHONTZPATH"] = ""
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()


def machine_now() -> datetime:
    """The machine's own clock, in UTC: the one place where it is read."""
    return datetime.now(UTC)


class RealClock:
    """The machine's time is the business time."""

    speed = None

    def move_to(self, moment: datetime) -> None:
        """Nobody moves real time."""

    def now(self) -> datetime:
        return machine_now()

    def machine(self) -> datetime:
        return machine_now()


class DrivenClock:
    """A time that starts where it is told and runs at a chosen speed; 0 stands still.

    Its position is kept in the database, so that every process of the installation reads
    the same time and a restart goes on where it was. It runs while a process drives it and
    stands while none does. It never runs backwards.
    """

    def __init__(self, store: Store, start: datetime, speed: float) -> None:
        self.store = store
        self.start = start
        self.speed = speed
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._position = start
        self._set_at: datetime | None = None

    def machine(self) -> datetime:
        return machine_now()

    def now(self) -> datetime:
        with self._lock:
            if time.monotonic() - self._read_at > FRESH:
                self._read()
            return self._extrapolate(machine_now())

    def move_to(self, moment: datetime) -> None:
        """Put the clock forward; a moment that has passed leaves it where it is."""
        with self._lock, self.store.writing() as session:
            session.execute(
                update(Installation)
                .where((Installation.clock_at.is_(None)) | (Installation.clock_at < moment))
                .values(clock_at=moment, clock_set_at=machine_now())
                .execution_options(synchronize_session=False)
            )
            self._read_at = float("-inf")

    def go_on(self) -> None:
        """Called by the process that drives: a clock that was stopped goes on where it stood."""
        with self._lock, self.store.writing() as session:
            row = session.scalars(select(Installation).with_for_update()).one()
            machine = machine_now()
            self._take(row, machine)
            if self._set_at is None or self._extrapolate(machine) <= self.start:
                row.clock_at, row.clock_set_at = self._extrapolate(machine), machine
            self._read_at = float("-inf")

    def _read(self) -> None:
        with self.store.reading() as session:
            row = session.scalars(select(Installation)).first()
        if row is not None:
            self._take(row, machine_now())
        self._read_at = time.monotonic()

    def _take(self, row: Installation, machine: datetime) -> None:
        """Where the clock was last set; or, where nobody drives it any more, last swept."""
        signs = (row.clock_set_at, row.swept_machine_at)
        alive = any(sign is not None and machine - sign < STOPPED for sign in signs)
        if row.clock_at is not None and (alive or not self.speed):
            self._position, self._set_at = row.clock_at, row.clock_set_at
        else:
            self._position, self._set_at = row.swept_at or self.start, None

    def _extrapolate(self, machine: datetime) -> datetime:
        elapsed = machine - self._set_at if self._set_at else timedelta(0)
        return max(self.start, self._position + max(timedelta(0), elapsed) * self.speed)


def build_store(settings: Settings) -> Store:
    """The store; the folder of an embedded database is made first."""
    if settings.embedded_store:
        settings.data.mkdir(parents=True, exist_ok=True)
    return Store(settings.store_url)


def build_clock(settings: Settings, store: Store) -> Clock:
    """The clock that the setting names."""
    match = CLOCK.match(settings.clock)
    if match is None:
        return RealClock()
    start = datetime.fromisoformat(match["start"].replace("Z", "+00:00"))
    return DrivenClock(store, start, float(match["speed"]))


def build_mailer(settings: Settings) -> Mailer:
    """The mailer that the setting names. Raises BadSettings."""
    try:
        return mailer_from(settings.mail, settings.data)
    except ValueError as error:
        raise BadSettings(f"ROLLOUT_MAIL: {error}") from None


def build_provider(settings: Settings) -> Provider:
    """Who signs letters when no account manager is known."""
    name, address = parseaddr(settings.mail_from)
    return Provider(settings.provider, settings.provider_phone, name or settings.provider, address)


def build_runtime(settings: Settings, store: Store, address: str | None = None) -> Runtime:
    """Everything wired. The database must be migrated.

    `address` is where this process serves; it is kept, so that letters sent by another
    command link to the same place.
    """
    pin_time_zones()
    clock = build_clock(settings, store)
    return Runtime(
        store=store,
        clock=clock,
        library=library.load(),
        mailer=build_mailer(settings),
        links=Links(settings.secret(), settings.base_url or _served_at(store, address)),
        provider=build_provider(settings),
        instance=instance_of(store),
        lease_seconds=settings.lease_seconds,
        connections=settings.connections,
        marks=settings.marks,
        limits=Limits(
            per_minute=settings.mail_per_minute or None,
            per_day=settings.mail_per_day or None,
            lines=settings.mail_connections or None,
        ),
        day_minutes=settings.day_minutes,
        signer=build_signer(settings),
        folder=settings.data,
        redirect=parseaddr(settings.mail_redirect)[1] or None,
    )


def build_signer(settings: Settings) -> Signer | None:
    """Who signs the letters, where a key is set. Raises BadSettings for one that cannot be used."""
    if not settings.dkim_key:
        return None
    from workers.dkim import signer

    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2]
    try:
        return signer(domain, settings.dkim_selector, settings.dkim_key)
    except ValueError as wrong:
        which = "ROLLOUT_DKIM_SELECTOR" if "DNS" in str(wrong) else "ROLLOUT_DKIM_KEY"
        raise BadSettings(f"{which} {wrong}.") from None


def with_nudge(runtime: Runtime, nudge: Callable[[], None]) -> Runtime:
    """The same runtime with somebody to wake."""
    return replace(runtime, nudge=nudge)


def _served_at(store: Store, address: str | None) -> str:
    """The address of the last `rollout up` on this database."""
    instance_of(store)
    if address is not None:
        with store.writing() as session:
            session.get_one(Installation, 1).served_at = address
        return address
    with store.reading() as session:
        return session.get_one(Installation, 1).served_at or DEFAULT_ADDRESS


def instance_of(store: Store) -> str:
    """This installation's identity, made once."""
    with store.reading() as session:
        row = session.get(Installation, 1)
    if row is not None:
        return row.instance
    new = {"id": 1, "instance": uuid.uuid4().hex, "created_at": machine_now()}
    with store.writing() as session:
        insert_missing(session, Installation, [new])
        return session.get_one(Installation, 1).instance
