"""A planted fault: one guard taken out of the product, and who should notice.

`old` stands exactly once in its file; a test holds that, so a guard that moves takes its
entry along.
"""

from dataclasses import dataclass

from tests.faults.table import PEOPLE

CAMPAIGNS, WORKERS = "tests/campaigns", "tests/workers"
CLAIM = f"{CAMPAIGNS}/test_claim.py"
TOGETHER = f"{CAMPAIGNS}/test_claim_together.py"
GUARDS = "tests/faults/test_guards.py"
RACE = f"{CAMPAIGNS}/test_agree_race.py"
AGREE = f"{CAMPAIGNS}/test_agree.py"
RIVER = f"{CAMPAIGNS}/test_river.py"
HOLD = f"{CAMPAIGNS}/test_hold.py"
COURIER = f"{WORKERS}/test_courier.py"
SMTP = f"{WORKERS}/test_mail_smtp.py"
CONNECTION = f"{WORKERS}/test_mail_connection.py"


@dataclass(frozen=True)
class Mutation:
    """`tests` are pytest's words: files, or plays of the short form by `play`."""

    guard: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def play(name: str, engine: str = "postgresql") -> str:
    """One play of the short form, such as F22_dates_move."""
    known = {entry.name for entry in PEOPLE}
    people = name.partition("_")[2] in known
    short = f"tests/faults/test_short_form{'_people' if people else ''}.py"
    return f"{short}::test_nothing_is_lost_and_nothing_comes_twice_when[{name}-{engine}]"
