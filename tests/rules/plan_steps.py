"""The steps of a shipped playbook that follow an agreed date, as the planner takes them."""

from campaigns.playbooks import shipped
from campaigns.rules.plan import PlanStep


def steps_of(playbook: str, *, compressible: bool = False) -> list[PlanStep]:
    """Without `compressible` nothing may be left out to shorten the plan."""
    found = [step for step in shipped(playbook).steps if step.anchor == "agreed_date"]
    return [
        PlanStep(
            id=number,
            key=step.key,
            anchor=step.anchor.value,
            offset=step.offset,
            business=step.days == "business",
            at=step.at,
            stop=step.stop.value,
            valid_days=step.valid_days,
            required=step.required,
            compressible=step.compressible and compressible,
            audience=step.audience.value,
            channel=step.channel.value,
        )
        for number, step in enumerate(found)
    ]
