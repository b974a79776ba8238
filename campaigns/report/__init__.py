"""Station report: adoption with its whole, and avoided disruption as a range with its grade."""

from campaigns.report.adoption import adoption
from campaigns.report.pack import pack
from campaigns.report.statement import state
from campaigns.report.value import GRADE, GRADE_WORDS, ValueReport, assumptions, value

__all__ = [
    "GRADE",
    "GRADE_WORDS",
    "ValueReport",
    "adoption",
    "assumptions",
    "pack",
    "state",
    "value",
]
