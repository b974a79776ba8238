"""Counts that always add up, and unknown as a word of its own."""

from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules.adoption import LEVELS, People, gate, word

ONE = st.tuples(st.one_of(st.none(), st.integers(0, 4)), st.booleans())


def person(level: int | None, excepted: bool) -> People:
    levels = dict.fromkeys(LEVELS, 0)
    if not excepted:
        levels["unknown" if level is None else str(level)] = 1
    return People(total=1, levels=levels, **{word(level, excepted): 1})  # type: ignore[arg-type]


@given(st.lists(ONE, max_size=40))
def test_the_parts_are_the_whole(people: list[tuple[int | None, bool]]) -> None:
    total = sum((person(*one) for one in people), People(levels=dict.fromkeys(LEVELS, 0)))
    assert total.total == len(people)
    assert total.done + total.not_done + total.unknown + total.excepted == total.total
    assert sum(total.levels.values()) == total.in_scope == total.total - total.excepted
    assert total.sentence().startswith(f"{total.done} of {total.total} ready")


def test_unknown_is_not_no_and_registered_is_not_ready() -> None:
    words = [word(level, False) for level in (None, 0, 1, 2, 3, 4)]
    assert words == ["unknown", "not_done", "not_done", "done", "done", "done"]
    assert {word(level, True) for level in (None, 0, 4)} == {"excepted"}


def test_the_gate_opens_at_ninety_percent_of_those_in_scope() -> None:
    assert gate(People(total=10, done=9, not_done=1), 90)
    assert not gate(People(total=10, done=8, unknown=2), 90)
    assert gate(People(total=10, done=8, not_done=0, excepted=2), 90)
    assert gate(People(), 90)


def test_the_sentence_names_unknown_and_excepted_only_where_there_are_some() -> None:
    assert People(total=25, done=18, not_done=3, unknown=3, excepted=1).sentence() == (
        "18 of 25 ready, 3 unknown, 1 excepted"
    )
    assert People(total=2, done=2).sentence() == "2 of 2 ready"
