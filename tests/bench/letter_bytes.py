"""What writing a letter's own bytes costs, against putting pre-encoded parts together."""

import hashlib
import hmac
import re
import time
from binascii import b2a_qp
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from campaigns import briefing, contact
from campaigns.contact import Claim
from rollout.settings import load
from rollout.wiring import build_runtime, machine_now
from tests.bench import crowd
from tests.bench.bench import Bench
from tests.bench.claims import LEASE
from tests.bench.couriers import settings
from tests.bench.databases import POSTGRES, opened
from tests.bench.figures import AT_MOST, Figure, compared
from tests.bench.measure import alternate
from tests.bench.timing import same
from workers.compose import Composed, compose
from workers.wording import keep_wordings, stated

PEOPLE = 100
REPEATS = 5
BARE = "pre-encoded parts put together"
Values = dict[bytes, bytes]


def measure(bench: Bench, group: str) -> Iterator[Figure]:
    """Processor time for the bytes of one letter; facts and parts are there already."""
    url = bench.databases.blank(POSTGRES)
    with opened(url) as store:
        crowd.outbox(store, crowd.Size(1, PEOPLE))
        env = settings(url, "memory://", 25, {"ROLLOUT_DATA": str(Path(bench.folder) / "data")})
        rt = build_runtime(load(env).settings, store)
        now = machine_now()
        with store.writing() as session:
            taken = contact.claim_due(
                session, now=now, machine=now, lease=LEASE, token="bytes", limit=PEOPLE
            )
        keep_wordings(rt, taken.claims, now)
        with store.reading() as session:
            facts = briefing.brief(
                session,
                taken.claims,
                partial(stated, rt),
                now=now,
                provider=rt.provider,
                links=rt.links,
                day_minutes=rt.day_minutes,
            )

        def ours() -> list[Composed]:
            return [compose(rt, claim, facts[claim.delivery.id], now) for claim in taken.claims]

        values = [_values(claim, facts[claim.delivery.id]) for claim in taken.claims]
        put = _assembly(ours()[0].envelope.message, values[0])
        contenders: dict[str, Callable[[], float]] = {
            "ours": partial(_cost, ours),
            BARE: partial(_cost, lambda: [put(own) for own in values]),
        }
        rounds = alternate(REPEATS, contenders, lambda _: None)
    bench.databases.drop(url)
    name = "a letter's own bytes, processor time"
    yield compared(rounds, group, name, "us", ("ours", BARE), same, AT_MOST, 3.0)


def _cost(make: Callable[[], Sequence[object]]) -> float:
    """Microseconds of the processor for one of them."""
    began = time.process_time()
    many = sum(len(make()) for _ in range(REPEATS))
    return (time.process_time() - began) / many * 1e6


def _values(claim: Claim, facts: dict[str, str]) -> Values:
    """What is one person's own in a letter, by what it is."""
    return {
        b"name": claim.contact.name.encode(),
        b"address": claim.contact.email.encode(),
        b"delivery": claim.delivery.public_id.encode(),
        b"first": facts["first_name"].encode(),
        b"link": urlsplit(facts["guide_link"]).path.encode(),
    }


def _assembly(message: bytes, values: Values) -> Callable[[Values], bytes]:
    """A function that fills in other values where a recorded letter holds these."""
    names = {value: name for name, value in values.items()}
    longest = sorted(map(re.escape, names), key=len, reverse=True)
    parts = re.split(b"(" + b"|".join(longest) + b")", message)

    def put(own: Values) -> bytes:
        # What no way of writing it can do without: an identity, safe values, a hash of the whole.
        encoded = {name: b2a_qp(escape(value.decode()).encode()) for name, value in own.items()}
        hmac.digest(b"secret", own[b"delivery"], "sha256")
        made = b"".join(encoded[names[part]] if part in names else part for part in parts)
        hashlib.sha256(made).hexdigest()
        return made

    return put
