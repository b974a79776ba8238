"""The hands stop in good order, and a broker that is away holds nobody up."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event, Thread

from campaigns.models import Delivery
from tests.kit import Office, add_customer, open_campaign
from tests.services.process import free_port
from workers.app import make_app
from workers.mail import Envelope, MailSession
from workers.outcome import Steps
from workers.runtime import Runtime
from workers.steward import tick
from workers.tasks import add_tasks, nudger


@dataclass
class StopsAfterOne:
    """A mailer during whose first letter the program is told to stop."""

    office: Office
    stopping: Event
    server: str = "memory"
    patience: float = 30.0

    @contextmanager
    def session(self) -> Iterator[MailSession]:
        with self.office.mail.session() as inner:
            yield _Session(inner, self.stopping)


@dataclass
class _Session(MailSession):
    inner: MailSession
    stopping: Event

    def steps(self, envelope: Envelope) -> Steps:
        self.stopping.set()
        return (yield from self.inner.steps(envelope))


def five_invitations(office: Office) -> None:
    for number in range(5):
        add_customer(office, f"Customer {number}")
    open_campaign(office)


def states(office: Office) -> Counter[tuple[str, int]]:
    with office.store.reading() as session:
        return Counter((d.state, d.attempt) for d in session.query(Delivery))


def test_told_to_stop_the_letter_in_hand_is_finished_and_the_others_given_back(
    office: Office,
) -> None:
    five_invitations(office)
    stopping = Event()
    rt: Runtime = replace(office.rt, mailer=StopsAfterOne(office, stopping), stopping=stopping)
    assert tick(rt).sent == 1
    assert states(office) == {("sent", 0): 1, ("due", 0): 4}
    assert tick(office.rt).sent == 4
    assert len({envelope.recipient for envelope in office.mail.letters}) == 5


def test_a_broker_that_is_away_holds_no_page_up() -> None:
    app = make_app(f"redis://127.0.0.1:{free_port()}/0", 5.0)
    nudge = nudger(app)
    start = time.monotonic()
    for _ in range(100):
        nudge()
    assert time.monotonic() - start < 0.5


def test_as_many_sweeps_run_in_a_process_as_it_may_and_no_more(office: Office) -> None:
    inside, release, entered = Event(), Event(), []

    def slow() -> Runtime:
        entered.append(1)
        inside.set()
        release.wait(10)
        return office.rt

    sweep = add_tasks(make_app("memory://", 5.0), slow, at_once=1)
    first = Thread(target=sweep)
    first.start()
    assert inside.wait(10)
    sweep()
    assert len(entered) == 1
    release.set()
    first.join(10)
