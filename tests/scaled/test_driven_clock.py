"""A driven clock is one clock for all processes: it runs while one drives it, else it stands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from campaigns.models import Installation
from campaigns.store import Store
from rollout.wiring import STOPPED, DrivenClock, instance_of
from tests.kit import NOW, add_customer, fresh_office, open_campaign
from workers.runtime import Runtime
from workers.steward import TURN, tick

A_DAY_A_SECOND = 86_400.0


def clock_on(store: Store, speed: float = A_DAY_A_SECOND) -> DrivenClock:
    """As another process would make it."""
    instance_of(store)
    return DrivenClock(store, NOW, speed)


def note(store: Store, **values: Any) -> None:
    """What other processes have left in the row."""
    with store.writing() as session:
        row = session.get_one(Installation, 1)
        for name, value in values.items():
            setattr(row, name, value)


def driven(store: Store) -> Runtime:
    """A provider with a letter that is due, under a clock that runs."""
    office = fresh_office(store)
    add_customer(office)
    open_campaign(office)
    clock = clock_on(store)
    clock.go_on()
    return replace(office.rt, clock=clock)


def test_it_stands_at_the_start_until_a_process_drives_it(store: Store) -> None:
    clock = clock_on(store)
    assert clock.now() == clock.now() == NOW
    clock.go_on()
    assert clock.now() > NOW


def test_every_process_reads_the_same_time(store: Store) -> None:
    driver, reader = clock_on(store), clock_on(store)
    driver.go_on()
    before = driver.now()
    assert before <= reader.now() <= driver.now()


def test_a_second_driver_does_not_put_it_back(store: Store) -> None:
    first, second = clock_on(store), clock_on(store)
    first.go_on()
    before = first.now()
    second.go_on()
    assert second.now() >= before


def test_after_a_stop_it_goes_on_where_the_last_sweep_was(store: Store) -> None:
    clock, swept = clock_on(store), NOW + timedelta(days=9)
    clock.go_on()
    long_ago = clock.machine() - 2 * STOPPED
    note(store, clock_set_at=long_ago, swept_machine_at=long_ago, swept_at=swept)
    assert clock_on(store).now() == swept
    clock.go_on()
    assert swept <= clock.now() < swept + timedelta(days=9)


def test_a_later_start_puts_it_forward(store: Store) -> None:
    clock_on(store).go_on()
    later = NOW + timedelta(days=3650)
    clock = DrivenClock(store, later, A_DAY_A_SECOND)
    clock.go_on()
    assert later <= clock.now() < later + timedelta(days=365)


def test_one_that_is_moved_by_hand_stays_where_it_was_put(store: Store) -> None:
    clock, other = clock_on(store, speed=0), clock_on(store, speed=0)
    clock.move_to(NOW + timedelta(days=3))
    clock.move_to(NOW + timedelta(days=1))
    assert clock.now() == other.now() == NOW + timedelta(days=3)


def test_one_process_at_a_time_walks_a_running_clock(store: Store) -> None:
    rt = driven(store)
    note(store, turn="another", turn_until=rt.clock.machine() + TURN)
    assert tick(rt).due == 0
    note(store, turn_until=rt.clock.machine() - timedelta(seconds=1))
    assert tick(rt).sent == 1


def test_a_process_that_was_told_to_stop_leaves_the_way_to_the_next(store: Store) -> None:
    rt = driven(store)
    rt.stopping.set()
    assert tick(rt).sent == 0
    rt.stopping.clear()
    assert tick(rt).sent == 1
