"""What the house's pulse means: does the outbox stand still, and what should somebody do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from campaigns.rules.arming import Refusal
from campaigns.rules.spans import ago, count, span

STILL = timedelta(seconds=120)
HOUR = timedelta(hours=1)
CONFIRM = "Confirm it on the board, or with `rollout arm --yes`."
SET_RIGHT = "Set the clock right; sending goes on by itself."
MENDS = {
    "copied": f"If this is the one that shall send: {CONFIRM[0].lower()}{CONFIRM[1:]}",
    "clocks_differ": SET_RIGHT,
    "clock_back": f"{SET_RIGHT[:-1]}. If the clock is right now: {CONFIRM[0].lower()}{CONFIRM[1:]}",
}


@dataclass(frozen=True, slots=True)
class Resting:
    """A mail server that is left alone after a failure, and what it said."""

    server: str
    until: datetime
    reply: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong with sending, in a sentence, and what to do. `grave`: it cannot wait."""

    what: str
    mend: str
    grave: bool


@dataclass(frozen=True, slots=True)
class Pulse:
    """One look. `swept_at` and `beat_at` are by the machine's clock, the rest by the business's.

    `lost` letters belong to a worker that died, `working` ones to one that lives; `held` are due
    in campaigns on hold.
    """

    now: datetime
    machine: datetime
    refusal: Refusal | None
    running: bool
    oldest_due: datetime | None
    swept_at: datetime | None
    beat_at: datetime | None
    uncertain: int
    failed: int
    failed_lately: int  # in the last 24 hours
    held: int
    lost: int
    working: int
    closes_at: datetime | None
    resting: Resting | None

    @property
    def waited(self) -> timedelta:
        """How long the oldest due touch or letter has waited."""
        return self.now - self.oldest_due if self.oldest_due else timedelta()

    @property
    def unseen(self) -> bool:
        """Nobody has looked for letters for two minutes, nor is anybody handing one over."""
        if self.working:
            return False
        return self.swept_at is None or self.machine - self.swept_at > STILL

    @property
    def standing_still(self) -> bool:
        """Letters wait and nobody comes. Sending that is held on purpose does not count."""
        return self.refusal is None and self.waited > STILL and self.unseen

    @property
    def alarms(self) -> Sequence[Alarm]:
        """What somebody must do something about, the gravest first; empty when all is well."""
        found = [self._not_armed(), self._nobody_looks(), self._server_away(), self._too_late()]
        return [alarm for alarm in found if alarm is not None]

    @property
    def line(self) -> str:
        """All is well, in one line: `Sending is on. A worker looked 4 seconds ago ...`."""
        parts = ["Sending is on."]
        if self.working:
            parts.append(f"{count(self.working, 'letter is', 'letters are')} being handed over.")
        elif self.swept_at is not None:
            parts.append(f"A worker looked {ago(self.machine - self.swept_at)}.")
        if not self.working:
            parts.append("Letters wait." if self.oldest_due else "Nothing waits.")
        if self.failed_lately:
            refused = count(self.failed_lately, "letter was", "letters were")
            parts.append(f"{refused} refused in the last 24 hours.")
        if self.held:
            parts.append(f"{self.held:,} wait with campaigns on hold.")
        return " ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """Figures for machines; ages in seconds, None for never."""
        return {
            "sending": "held" if self.refusal else "on",
            "why": self.refusal.code if self.refusal else None,
            "oldest_due_seconds": round(self.waited.total_seconds()),
            "last_sweep_seconds": self._age(self.swept_at),
            "last_beat_seconds": self._age(self.beat_at),
            "standing_still": self.standing_still,
            "uncertain": self.uncertain,
            "failed": self.failed,
            "held": self.held,
            "sending_with_expired_lease": self.lost,
        }

    def _age(self, moment: datetime | None) -> int | None:
        return round((self.machine - moment).total_seconds()) if moment else None

    def _not_armed(self) -> Alarm | None:
        if self.refusal is None:
            return None
        what = f"Nothing is sent. {self.refusal.why}"
        return Alarm(what, MENDS.get(self.refusal.code, CONFIRM), True)

    def _nobody_looks(self) -> Alarm | None:
        if self.refusal or not self.unseen or not (self.running or self.standing_still):
            return None
        if self.swept_at is None:
            what = "No worker has looked for letters yet."
        else:
            what = f"No worker has looked for letters for {span(self.machine - self.swept_at)}."
        if self.standing_still:
            what += f" The oldest has waited for {span(self.waited)}."
        return Alarm(what, "Start a worker, or run `rollout tick` from cron.", self.standing_still)

    def _server_away(self) -> Alarm | None:
        if self.resting is None:
            return None
        said = f": {self.resting.reply.rstrip('.')}" if self.resting.reply else ""
        pause = span(self.resting.until - self.machine)
        what = f"The mail server {self.resting.server} takes no letters{said}. Next try in {pause}."
        return Alarm(what, "Check the mail server and ROLLOUT_MAIL.", False)

    def _too_late(self) -> Alarm | None:
        if self.closes_at is None:
            return None
        left = span(self.closes_at - self.now)
        what = f"Letters still wait that are of no use any more in {left}; then they are skipped."
        return Alarm(what, "Mend what holds them up, or tell the customers yourself.", True)
