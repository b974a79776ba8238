"""Couriers and sweepers at once: each letter and each touch once."""

import threading
from datetime import timedelta

from tests.campaigns.claim_kit import invited, states
from tests.kit import (
    Office,
    add_customer,
    open_campaign,
    sent,
)
from workers.courier import deliver
from workers.opening import open_due


def test_two_couriers_at_once_send_each_letter_once(office: Office) -> None:
    invited(office, customers=30)
    gate = threading.Barrier(2)
    troubles: list[BaseException] = []

    def courier() -> None:
        try:
            gate.wait()
            deliver(office.rt, office.now)
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=courier) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    addresses = [letter.address for letter in sent(office)]
    assert len(addresses) == 30
    assert len(set(addresses)) == 30
    assert states(office) == {"sent": 30}


def test_two_sweepers_at_once_open_each_touch_once(office: Office) -> None:
    for n in range(15):
        add_customer(office, f"Customer {n}", people=1)
    open_campaign(office)
    office.clock.move_to(office.now + timedelta(hours=1))
    gate = threading.Barrier(3)
    opened: list[int] = []
    troubles: list[BaseException] = []

    def sweeper() -> None:
        try:
            gate.wait()
            opened.append(open_due(office.rt, office.now).due)
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=sweeper) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert sum(opened) == 15
    assert states(office) == {"due": 15}
