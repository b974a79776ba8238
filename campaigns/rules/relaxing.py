"""The relaxation of the proposal: customers may be split over days and technicians.

min  sum cost[c,d] x[c,d] + unplaced * weight[c] u[c] + crowded * over[d] / (minutes[d] / 10)
s.t. sum_d x[c,d] + u[c] = 1                       each customer once, or not at all
     sum_c minutes[c] x[c,d] <= minutes[d]         no day beyond its technicians' time
     sum_c minutes[c] x[c,d] - over[d] <= minutes[d] / 2
     x, u, over >= 0

No plan of whole customers costs less. Solved by HiGHS (scipy.optimize.linprog).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from campaigns.rules.packing import Days, Wish

if TYPE_CHECKING:
    from numpy.typing import NDArray


SECONDS = 60.0  # then the bound is not known, and the plan says so


def relaxed(
    wishers: Sequence[Wish], free: Days, unplaced: float, crowded: float
) -> tuple[float, dict[int, tuple[date, float]]]:
    """The bound in points, and for each customer the day that it has most of, with the share."""
    pairs = [
        (row, day, price)
        for row, one in enumerate(wishers)
        for day, price in one.days.items()
        if max(free.get(day, ()), default=0) >= one.minutes
    ]
    days = {day: column for column, day in enumerate(sorted({day for _, day, _ in pairs}))}
    if not pairs:
        return sum(unplaced * one.weight for one in wishers), {}
    found = _solve(wishers, free, pairs, days, unplaced, crowded)
    if found is None:
        return 0.0, {}
    cost, shares = found
    most: dict[int, tuple[date, float]] = {}
    for (row, day, _), share in zip(pairs, shares, strict=True):
        key = wishers[row].key
        if share > most.get(key, (day, 0.0))[1]:
            most[key] = (day, float(share))
    return cost, most


def _solve(
    wishers: Sequence[Wish],
    free: Days,
    pairs: Sequence[tuple[int, date, float]],
    days: Mapping[date, int],
    unplaced: float,
    crowded: float,
) -> "tuple[float, NDArray[Any]] | None":
    """None where the solver gives up; then nothing is known of the best plan."""
    # Half a second to import, and most processes never ask.
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, hstack, identity, vstack

    many, customers, places = len(pairs), len(wishers), len(days)
    rows = np.array([row for row, _, _ in pairs])
    columns = np.array([days[day] for _, day, _ in pairs])
    minutes = np.array([one.minutes for one in wishers], dtype=float)
    limits = np.array([float(sum(free[day])) for day in days])
    which = np.arange(many)
    once = coo_array((np.ones(many), (rows, which)), shape=(customers, many))
    load = coo_array((minutes[rows], (columns, which)), shape=(places, many))
    nobody = coo_array((places, customers))
    nothing = coo_array((places, places))
    prices = np.concatenate(
        (
            [price for _, _, price in pairs],
            [unplaced * one.weight for one in wishers],
            crowded * 10 / limits,
        )
    )
    answer = linprog(
        prices,
        A_eq=hstack((once, identity(customers), coo_array((customers, places)))).tocsr(),
        b_eq=np.ones(customers),
        A_ub=vstack(
            (hstack((load, nobody, nothing)), hstack((load, nobody, -identity(places))))
        ).tocsr(),
        b_ub=np.concatenate((limits, limits / 2)),
        method="highs-ipm",
        options={"time_limit": SECONDS},
    )
    if answer.status != 0:
        return None
    return float(answer.fun), answer.x[:many]
