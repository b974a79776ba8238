"""Avoided disruption as a range, with the assumptions it rests on.

The model, for a change at a customer with U users:

    avoided tickets          = U x lambda x (1 - RR)        may be negative
    avoided technician hours = avoided tickets x h
    avoided user hours       = avoided tickets x b

lambda is tickets per user without a campaign, RR the ticket rate of prepared
people over that of unprepared ones, h technician hours and b blocked working
hours a ticket. Tickets count from the first letter until 14 days after the
date, so that tickets a campaign merely brings forward are not called avoided.
Left out on purpose: minutes for setting up (both worlds pay them), seconds at
each sign-in, and money for breaches that did not happen.

numpy and scipy are imported where they are used: they take long to load.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from campaigns.errors import Invalid
from campaigns.rules.assumptions import DEFAULTS, Assumptions, LogNormalPrior

if TYPE_CHECKING:
    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray

DRAWS = 200_000
SEED = 20261122
PERCENTILES = (5, 50, 95)


@dataclass(frozen=True, slots=True)
class Range:
    """Low and high hold 90 % of the probability between them; likely is the median."""

    low: float
    likely: float
    high: float
    mean: float

    def times(self, factor: float) -> "Range":
        """The range of `factor` times the quantity; `factor` is not negative."""
        ends = (self.low, self.likely, self.high, self.mean)
        return Range(*(factor * value for value in ends))

    def less(self, amount: float) -> "Range":
        """The range of the quantity less a known amount."""
        ends = (self.low, self.likely, self.high, self.mean)
        return Range(*(value - amount for value in ends))


@dataclass(frozen=True, slots=True)
class Avoided:
    """What the campaign avoided; negative where it made things worse."""

    tickets: Range
    technician_hours: Range
    user_hours: Range

    def times(self, factor: float) -> "Avoided":
        """The same for `factor` times as many users."""
        return Avoided(
            self.tickets.times(factor),
            self.technician_hours.times(factor),
            self.user_hours.times(factor),
        )


def simulate(
    users: int, assumptions: Assumptions = DEFAULTS, draws: int = DRAWS, seed: int = SEED
) -> Avoided:
    """What is avoided at a customer with `users` users: 5, 50 and 95 % and the mean.

    The ranges hold the doubt about the assumptions, not the luck of one customer:
    `chance_right_direction` tells how much that adds. The model is linear in users,
    so the draws are made once per assumptions, for one user, and scaled.
    Raises Invalid for a negative number of users.
    """
    return _for_one_user(assumptions, draws, seed).times(_counted(users))


def simulate_each(
    users: Mapping[str, int],
    assumptions: Assumptions = DEFAULTS,
    draws: int = DRAWS,
    seed: int = SEED,
) -> tuple[dict[str, Avoided], Avoided]:
    """What is avoided at each customer, and in total; keys are the caller's.

    lambda, RR, h and b are one unknown value each for the whole campaign: if people
    prepare badly for this change, they do so everywhere. Each draw therefore serves
    all customers, and the total is that draw times the sum of users. The customers
    are fully correlated, so the ranges add up; drawing anew for every customer would
    let the doubts cancel out and make the total look far more certain than it is.
    """
    each = {
        customer: simulate(count, assumptions, draws, seed) for customer, count in users.items()
    }
    return each, simulate(sum(users.values()), assumptions, draws, seed)


def net_hours(technician_hours: Range, campaign_labour_hours: float) -> Range:
    """Technician hours left after the campaign's own labour, which is known, not drawn."""
    return technician_hours.less(campaign_labour_hours)


@lru_cache(maxsize=256)
def chance_right_direction(
    users: int, assumptions: Assumptions = DEFAULTS, draws: int = 50_000, seed: int = SEED
) -> float:
    """The chance that one customer sees fewer tickets with a campaign than without.

    Both counts are Poisson with the drawn rates; equal counts do not count as fewer.
    At 40 users it is 0.63: never show one customer's figure without its interval.
    """
    import numpy as np

    dice = np.random.default_rng(seed)
    rate = dice.gamma(assumptions.incidence.shape, 1 / assumptions.incidence.rate, draws)
    rate *= _counted(users)
    ratio = _log_normal(dice, assumptions.ratio, draws)
    without, prepared = dice.poisson(rate), dice.poisson(rate * ratio)
    return float(np.mean(prepared < without))


@lru_cache(maxsize=64)
def _for_one_user(assumptions: Assumptions, draws: int, seed: int) -> Avoided:
    """The order of the draws (lambda, RR, h, b) is part of the golden figures."""
    import numpy as np

    dice = np.random.default_rng(seed)
    rate = dice.gamma(assumptions.incidence.shape, 1 / assumptions.incidence.rate, draws)
    ratio = _log_normal(dice, assumptions.ratio, draws)
    handling = _log_normal(dice, assumptions.handling, draws) / 60
    blocked = _log_normal(dice, assumptions.blocked, draws) / 60
    tickets = rate * (1 - ratio)
    return Avoided(_range(tickets), _range(tickets * handling), _range(tickets * blocked))


def _log_normal(dice: "Generator", prior: LogNormalPrior, draws: int) -> "NDArray[float64]":
    import numpy as np

    values = dice.lognormal(math.log(prior.median), prior.sigma, draws)
    return values if prior.cap is None else np.minimum(values, prior.cap)


def _range(values: "NDArray[float64]") -> Range:
    import numpy as np

    low, likely, high = np.percentile(values, PERCENTILES)
    return Range(float(low), float(likely), float(high), float(np.mean(values)))


def _counted(users: int) -> int:
    if users < 0:
        raise Invalid(f"{users} users cannot be. Write 0 or more.", "users", "users")
    return users
