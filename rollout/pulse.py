"""One look at the house's pulse, for the board, /readyz, /metrics and the doctor."""

import hmac
from collections.abc import Iterator

from campaigns.pulse import pulse
from campaigns.rules.health import Pulse
from rollout.settings import Settings
from workers import gate
from workers.runtime import Runtime
from workers.tasks import Nudger


def look(rt: Runtime) -> Pulse:
    """The pulse now. Raises SQLAlchemyError or OSError where the database is away."""
    refusal = gate.refused(rt)
    with rt.store.reading() as session:
        return pulse(session, now=rt.clock.now(), machine=rt.clock.machine(), refusal=refusal)


def metrics_token(settings: Settings) -> str:
    """What whoever collects metrics shows: derived from the secret, so it needs no keeping."""
    return hmac.new(settings.secret(), b"metrics", "sha256").hexdigest()


def metrics(rt: Runtime) -> str:
    """The pulse in Prometheus' text format 0.0.4. Raises as `look` does."""
    return "".join(f"{line}\n" for line in _lines(look(rt), rt))


def _lines(found: Pulse, rt: Runtime) -> Iterator[str]:
    yield from _gauge("rollout_sending_armed", "1 where letters may leave.", not found.refusal)
    yield from _gauge(
        "rollout_outbox_standing_still",
        "1 where letters wait and nobody comes.",
        found.standing_still,
    )
    yield from _gauge(
        "rollout_outbox_oldest_due_seconds",
        "How long the oldest due touch or letter has waited.",
        found.waited.total_seconds(),
    )
    for name, moment, words in (
        ("sweep", found.swept_at, "When a worker last looked for letters; 0 is never."),
        ("beat", found.beat_at, "When a worker last heard the beat; 0 is never."),
    ):
        seconds = moment.timestamp() if moment else 0
        yield from _gauge(f"rollout_last_{name}_timestamp_seconds", words, seconds)
    yield "# HELP rollout_letters Letters that somebody may have to do something about."
    yield "# TYPE rollout_letters gauge"
    for state, many in (
        ("uncertain", found.uncertain),
        ("failed", found.failed),
        ("held", found.held),
        ("lease_expired", found.lost),
    ):
        yield f'rollout_letters{{state="{state}"}} {many}'
    if isinstance(rt.nudge, Nudger):
        yield "# HELP rollout_nudges_lost_total Rings of this process that the broker did not take."
        yield "# TYPE rollout_nudges_lost_total counter"
        yield f'rollout_nudges_lost_total{{process="{rt.nudge.process}"}} {rt.nudge.lost}'


def _gauge(name: str, words: str, value: float) -> Iterator[str]:
    yield f"# HELP {name} {words}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {value:.3f}".removesuffix(".000")
