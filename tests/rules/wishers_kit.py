"""Customers that want days, thrown with a die: for the tests of the proposer and its bench."""

from collections.abc import Sequence
from datetime import date
from random import Random

from campaigns.rules.proposing import Wisher


def wishers(many: int, days: Sequence[date], dice: Random) -> list[Wisher]:
    """Customers of 3 to 80 people, each of which can have four days of five."""
    found = []
    for key in range(many):
        people = dice.randint(3, 80)
        weight = 1 + people / 25
        prices = {
            day: weight * place / 5 + 100 * (day.weekday() in (0, 4))
            for place, day in enumerate(days)
            if dice.random() > 0.2
        }
        found.append(Wisher(key, 60 + 2 * people, weight, prices))
    return found
