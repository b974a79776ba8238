"""The steps of a playbook as rows of a table, from the frozen steps or from a playbook."""

from collections.abc import Iterable
from dataclasses import dataclass

from campaigns.models import Step
from campaigns.rules import step_words
from campaigns.rules.steps import Playbook


@dataclass(frozen=True, slots=True)
class StepRow:
    """Who gets what when. `letter` is a letter's name, or None for a task."""

    when: str
    audience: str
    title: str
    letter: str | None
    note: str


def of_campaign(steps: Iterable[Step]) -> list[StepRow]:
    """Rows of the steps that a campaign froze."""
    return [
        StepRow(
            when=step_words.when(
                step.anchor, step.offset_days, step.business_days, step.local_time
            ),
            audience=step_words.audience(step.audience),
            title=step.title,
            letter=step.letter,
            note=step_words.stop(step.stop),
        )
        for step in steps
    ]


def of_playbook(book: Playbook) -> list[StepRow]:
    """Rows of a playbook as it comes with the product."""
    return [
        StepRow(
            when=step_words.when(
                step.anchor.value, step.offset, step.days.value == "business", step.at
            ),
            audience=step_words.audience(step.audience.value),
            title=step.title,
            letter=step.letter,
            note=step_words.stop(step.stop.value),
        )
        for step in book.steps
    ]
