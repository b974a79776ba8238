"""Does this worker still hear the doorbell? Some go deaf when a broker resets their connection:
they live on, answer no ring and say nothing (celery#10302).

A worker that has heard nothing for a while rings itself. Rings go to whoever waits longest, so
among many workers each gets one soon; one that gets none of them, with idle hands, is deaf.
"""

from dataclasses import dataclass

QUIET = 30.0  # seconds without a ring before it rings itself
PATIENCE = 60.0  # seconds of unanswered rings; to reconnect takes Celery up to thirty


@dataclass
class Hearing:
    """Times are seconds of a clock that only goes forward. Safe to tell from any thread."""

    heard_at: float
    unanswered_since: float | None = None

    def heard(self, now: float) -> None:
        """A ring came, or the hands were full and could not have taken one."""
        self.heard_at, self.unanswered_since = now, None

    def should_ring(self, now: float) -> bool:
        return now - self.heard_at >= QUIET

    def rang(self, now: float, *, arrived: bool) -> None:
        """It rang; where the broker did not take the ring, nobody can have heard it."""
        if not arrived:
            self.unanswered_since = None
        elif self.unanswered_since is None and now - self.heard_at >= QUIET:
            self.unanswered_since = now

    def deaf(self, now: float) -> bool:
        since = self.unanswered_since
        return since is not None and now - since >= PATIENCE
