"""A copy may not send, an honest installation always may, and a clock that jumps is noticed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.rules.arming import Boot, Kept, Seal, Seen, refusal

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
FILE = ("file", "/data/rollout.db", "77", "machine-a")
SERVER = ("server", "741", "16384", "16405", "rollout.example")
SEAL = Seal(NOON - timedelta(days=30), 9)
KEPT = Kept(FILE, SEAL, None, NOON, Boot("boot-a", 1000.0))
SEEN = Seen(FILE, SEAL, NOON + timedelta(seconds=5), None, Boot("boot-a", 1005.0))


def code(kept: Kept = KEPT, seen: Seen = SEEN) -> str | None:
    found = refusal(kept, seen)
    return found.code if found else None


def after(**clock: float) -> Seen:
    """The machine has run five seconds since the last sweep; its clock says otherwise."""
    return replace(SEEN, clock=NOON + timedelta(**clock))


@pytest.mark.parametrize(
    "place",
    [
        FILE,
        ("file", "/data/rollout.db", "77", "machine-b"),  # a container made anew on its volume
        ("file", "/data/rollout.db", "77", ""),
        ("file", "/data/rollout.db", "78", "machine-a"),  # put back as a new file
        ("file", "/elsewhere/rollout.db", "77", "machine-a"),  # the folder was renamed
    ],
)
def test_a_file_that_changed_one_mark_is_still_the_same(place: tuple[str, ...]) -> None:
    assert code(seen=replace(SEEN, place=place)) is None


@pytest.mark.parametrize(
    "place",
    [
        ("file", "/staging/rollout.db", "78", "machine-a"),  # copied into another folder
        ("file", "/data/rollout.db", "78", "machine-b"),  # copied to another machine
        ("file", "/data/rollout.db", "78", ""),  # a copied volume in another container
        SERVER,
        ("memory",),
    ],
)
def test_a_file_that_was_copied_may_not_send(place: tuple[str, ...]) -> None:
    assert code(seen=replace(SEEN, place=place)) == "copied"


@pytest.mark.parametrize("mark", [1, 2, 3, 4])
def test_a_server_must_fit_in_every_mark(mark: int) -> None:
    there = replace(KEPT, place=list(SERVER))
    other = tuple("other" if at == mark else was for at, was in enumerate(SERVER))
    assert code(there, replace(SEEN, place=SERVER)) is None
    assert code(there, replace(SEEN, place=other)) == "copied"


def test_the_first_sweep_of_all_is_trusted() -> None:
    assert code(Kept(None, None, None, None, None), replace(SEEN, seal=None)) is None


def test_a_database_that_is_older_than_what_left_here_was_restored() -> None:
    older = replace(KEPT, seal=replace(SEAL, rounds=8))
    found = refusal(older, SEEN)
    assert found is not None
    assert (found.code, found.lasting) == ("went_back", True)


def test_a_database_from_before_its_first_sweep_was_restored_as_well() -> None:
    assert code(Kept(None, None, None, None, None)) == "went_back"


def test_a_folder_that_is_behind_its_database_is_in_order() -> None:
    assert code(seen=replace(SEEN, seal=replace(SEAL, rounds=8))) is None


def test_a_confirmation_elsewhere_outranks_what_this_folder_has_seen() -> None:
    confirmed = replace(KEPT, seal=Seal(NOON, 3))
    assert code(confirmed) is None


def test_a_file_that_sent_letters_but_lost_its_folder_may_not_send() -> None:
    assert code(seen=replace(SEEN, seal=None)) == "copied"
    assert code(replace(KEPT, seal=replace(SEAL, rounds=0)), replace(SEEN, seal=None)) is None


def test_a_further_host_of_a_server_needs_no_folder() -> None:
    there = replace(KEPT, place=SERVER)
    assert code(there, replace(SEEN, place=SERVER, seal=None)) is None


def test_what_was_held_stays_held() -> None:
    assert refusal(replace(KEPT, held_why="It jumped."), SEEN).why == "It jumped."  # type: ignore[union-attr]


@pytest.mark.parametrize("minutes", [11, 60, 60 * 24, 60 * 24 * 365])
def test_a_jump_forward_is_held_until_somebody_confirms(minutes: int) -> None:
    found = refusal(KEPT, after(minutes=minutes))
    assert found is not None
    assert (found.code, found.lasting) == ("clock_forward", True)


@pytest.mark.parametrize("minutes", [11, 60, 60 * 24])
def test_a_jump_back_is_held_while_it_lasts(minutes: int) -> None:
    found = refusal(KEPT, after(minutes=-minutes))
    assert found is not None
    assert (found.code, found.lasting) == ("clock_back", False)


def test_a_jump_back_that_an_outage_hides_is_seen_all_the_same() -> None:
    two_hours = replace(SEEN, boot=Boot("boot-a", 1000.0 + 7200), clock=NOON + timedelta(hours=1))
    assert code(seen=two_hours) == "clock_back"


@pytest.mark.parametrize("minutes", [-9, 0, 9])
def test_a_clock_that_is_set_right_by_a_little_holds_nothing(minutes: int) -> None:
    assert code(seen=after(minutes=minutes)) is None


@pytest.mark.parametrize("hours", [1, 30, 24 * 40])
def test_an_outage_is_no_jump(hours: int) -> None:
    later = NOON + timedelta(hours=hours)
    slept = replace(SEEN, clock=later, boot=Boot("boot-a", 1000.0 + 3600 * hours))
    started = replace(SEEN, clock=later, boot=Boot("boot-b", 12.0))
    unknown = replace(SEEN, clock=later, boot=None)
    recounted = replace(SEEN, clock=later, boot=Boot("boot-a", 2.0))
    assert [code(seen=seen) for seen in (slept, started, unknown, recounted)] == [None] * 4


def test_a_machine_that_disagrees_with_its_database_server_sends_nothing_meanwhile() -> None:
    there = replace(KEPT, place=SERVER)
    seen = replace(SEEN, place=SERVER, database_now=NOON - timedelta(days=1))
    found = refusal(there, seen)
    assert found is not None
    assert (found.code, found.lasting) == ("clocks_differ", False)
    assert code(there, replace(seen, database_now=NOON)) is None


def test_a_driven_clock_may_jump() -> None:
    assert code(seen=replace(after(days=90), clock=None)) is None
