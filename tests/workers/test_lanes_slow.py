"""Slow servers and slow databases: a living courier keeps its letters, and a hold still holds."""

from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from tests.kit import Office
from tests.services.pysink import PythonSink, Step
from tests.workers.test_lanes import courier, due, on_third_data, states
from workers.courier import deliver
from workers.runtime import Runtime
from workers.smtp import SmtpMailer


def patient(office: Office, sink: PythonSink, timeout: float, **values: object) -> Runtime:
    mailer = SmtpMailer("127.0.0.1", sink.port, tls="none", timeout=timeout)
    return replace(courier(office, sink, **values), mailer=mailer)


class Racing:
    """A machine's clock that really goes on, while the business time stands."""

    speed = 0.0

    def __init__(self, office: Office) -> None:
        self._office, self._start = office, monotonic()

    def move_to(self, moment: object) -> None:
        raise AssertionError("nobody moves it")

    def now(self) -> object:
        return self._office.now

    def machine(self) -> object:
        return self._office.now + timedelta(seconds=monotonic() - self._start)


class Sluggish(Racing):
    """Every look at the clock is three seconds later, as when each commit takes long."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._looks = 0

    def machine(self) -> object:
        self._looks += 1
        return self._office.now + timedelta(seconds=3 * self._looks)


def test_a_slow_server_does_not_run_a_living_couriers_leases_out(office: Office) -> None:
    due(office, 6)
    slow = Step(wait=0.4)
    with PythonSink({"RCPT": slow, "DATA": slow, "EHLO": slow}) as sink:
        rt = patient(office, sink, 2.0, connections=2, lease_seconds=1)
        real = replace(rt, clock=Racing(office))  # type: ignore[arg-type]
        tally = deliver(real, office.now)
    assert tally.sent == 6


@pytest.mark.parametrize("marks", [1, 3])
def test_a_slow_database_does_not_stop_letters_that_it_has_just_marked(
    office: Office, marks: int
) -> None:
    due(office, 4)
    with PythonSink() as sink:
        rt = courier(office, sink, marks=marks, lease_seconds=3600)
        tally = deliver(replace(rt, clock=Sluggish(office)), office.now)  # type: ignore[arg-type]
    assert (tally.sent, tally.later) == (4, 0)
    assert len(sink.received) == 4


def test_a_silent_connection_is_given_up_while_the_others_are_busy(office: Office) -> None:
    due(office, 30)
    with PythonSink({"RCPT": [Step(wait=30.0)], "DATA": Step(wait=0.1)}) as sink:
        rt = patient(office, sink, 0.5, connections=2)
        tally = deliver(rt, office.now)
        served = sink.connections
    assert tally.later == 1
    assert tally.sent == 29
    assert served >= 3  # the silent one was opened anew, long before the end


def test_a_hold_stops_letters_that_were_marked_ahead_a_while_ago(office: Office) -> None:
    campaign = due(office, 6)

    def hold() -> None:
        with office.store.writing() as session:
            session.connection().exec_driver_sql("UPDATE campaign SET state = 'held'")

    with PythonSink(watch=on_third_data(hold), script={"RCPT": Step(wait=1.2)}) as sink:
        rt = courier(office, sink, connections=1, marks=6)
        real = replace(rt, clock=Racing(office))  # type: ignore[arg-type]
        tally = deliver(real, office.now)
    assert campaign
    assert tally.sent == len(sink.received) <= 3
    assert states(office)["due"] >= 3
