"""What a value figure rests on: priors with their basis and grade, each replaceable.

Change them by `dataclasses.replace`; a statement keeps those it was made with.
"""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How a figure was found, best first."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def sentence(self) -> str:
        return GRADE_SENTENCES[self]


GRADE_SENTENCES = {
    Grade.A: "measured: the change in tickets of customers with a campaign, less the change at "
    "customers that the same vendor change met without one",
    Grade.B: "measured: tickets of prepared users compared with those of unprepared users, "
    "with an exact interval",
    Grade.C: "compared with the same customers' own past: another change in another year",
    Grade.D: "estimate from assumptions, not measured",
}


@dataclass(frozen=True, slots=True)
class GammaPrior:
    """A rate per user, Gamma(shape, rate); `rate` counts in users."""

    symbol: str
    name: str
    shape: float
    rate: float
    basis: str
    grade: Grade = Grade.D

    @property
    def mean(self) -> float:
        return self.shape / self.rate

    @property
    def distribution(self) -> str:
        return f"Gamma(shape {self.shape:g}, mean {100 * self.mean:.4g} per 100 users)"

    def interval(self, low: float = 0.05, high: float = 0.95) -> tuple[float, float]:
        """The rates per user below which `low` and `high` of the probability lie."""
        from scipy.special import gammaincinv

        return (
            float(gammaincinv(self.shape, low)) / self.rate,
            float(gammaincinv(self.shape, high)) / self.rate,
        )


@dataclass(frozen=True, slots=True)
class LogNormalPrior:
    """A positive quantity: median and spread of its logarithm, cut off at `cap`."""

    symbol: str
    name: str
    median: float
    sigma: float
    unit: str
    basis: str
    cap: float | None = None
    grade: Grade = Grade.D

    @property
    def distribution(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        cap = f", at most {self.cap:g}" if self.cap is not None else ""
        return f"LogNormal(median {self.median:g}{unit}, sigma {self.sigma:g}{cap})"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Everything the estimate rests on; hashable, and frozen with each statement."""

    incidence: GammaPrior
    ratio: LogNormalPrior
    handling: LogNormalPrior  # minutes
    blocked: LogNormalPrior  # minutes


DEFAULTS = Assumptions(
    incidence=GammaPrior(
        symbol="lambda",
        name="Tickets per user without a campaign",
        shape=2,
        rate=2 / 0.12,
        basis="judgement; no rate for small businesses is published",
    ),
    ratio=LogNormalPrior(
        symbol="RR",
        name="Ticket rate of prepared people over unprepared",
        median=0.6,
        sigma=0.3,
        unit="",
        basis="GitHub's own before-and-after figures of 2023-2024 (0.46 to 0.67), widened",
        cap=1.5,
    ),
    handling=LogNormalPrior(
        symbol="h",
        name="Technician time a ticket",
        median=20,
        sigma=0.45,
        unit="minutes",
        basis="vendor blogs: 10 to 20 minutes a reset with the check of who is calling (bloksec), "
        "3.5 minutes at least (IT Glue)",
    ),
    blocked=LogNormalPrior(
        symbol="b",
        name="Time a user is blocked, working hours only",
        median=45,
        sigma=0.6,
        unit="minutes",
        basis="judgement",
    ),
)


def assumptions_table(assumptions: Assumptions = DEFAULTS) -> list[dict[str, str]]:
    """One row for each assumption: name, value, grade, source; all texts."""
    a = assumptions
    return [
        {
            "name": f"{prior.name} ({prior.symbol})",
            "value": prior.distribution,
            "grade": prior.grade.value,
            "source": prior.basis,
        }
        for prior in (a.incidence, a.ratio, a.handling, a.blocked)
    ]
