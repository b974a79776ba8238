"""A playbook: the steps of a campaign, read from YAML and checked by hand.

Offsets are whole days from an anchor; times are the customer's local times.
Everything that cannot be meant is refused here, so that the planner may trust
what it gets. The shapes stand in steps.py and can be imported from either.
"""

import re
from datetime import time
from itertools import pairwise

from campaigns.rules.steps import (
    Anchor,
    Audience,
    Channel,
    Days,
    Effort,
    Evidence,
    Ladder,
    Playbook,
    Rules,
    Scope,
    Step,
    Stop,
)
from campaigns.rules.strict_yaml import Fields, load, quoted

__all__ = [
    "Anchor",
    "Audience",
    "Channel",
    "Days",
    "Effort",
    "Evidence",
    "Ladder",
    "Playbook",
    "Rules",
    "Scope",
    "Step",
    "Stop",
    "read",
]

FURTHEST = 3_000  # days
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MORNING = time(9)


def read(text: str, file: str) -> Playbook:
    """The playbook in a YAML text; `file` names it in errors.

    Raises Invalid naming file, step and field, with what would be allowed.
    """
    fields = Fields(file, "", load(text, file))
    fields.only(("name", "title", "description", "evidence", "effort", "rules", "steps"))
    return Playbook(
        name=_name(fields, "name"),
        title=fields.text("title", longest=80),
        description=fields.text("description"),
        evidence=fields.choice("evidence", Evidence, "a kind of evidence"),
        effort=_effort(fields),
        rules=_rules(fields),
        steps=_steps(fields),
    )


def _name(fields: Fields, field: str) -> str:
    value = fields.text(field, longest=60)
    if not NAME.fullmatch(value):
        fields.refuse(
            field,
            f"{quoted(value)} cannot be used. Write small letters, digits and single hyphens.",
        )
    return value


def _effort(playbook: Fields) -> Effort:
    fields = Fields(playbook.file, "effort", playbook.raw("effort"))
    fields.only(("base_minutes", "minutes_per_person"))
    return Effort(
        fields.whole("base_minutes", 0, 10_000), fields.whole("minutes_per_person", 0, 1_000)
    )


def _rules(playbook: Fields) -> Rules:
    usual = Rules()
    given = playbook.raw("rules") if playbook.has("rules") else {}
    fields = Fields(playbook.file, "rules", given)
    fields.only(tuple(Rules.__dataclass_fields__))

    def days(name: str, usually: int) -> int:
        return fields.whole(name, 0, FURTHEST, usually)

    rules = Rules(
        prep_days=days("prep_days", usual.prep_days),
        latest_days=days("latest_days", usual.latest_days),
        lead_days=days("lead_days", usual.lead_days),
        min_lead_days=days("min_lead_days", usual.min_lead_days),
        shortest_lead_days=days("shortest_lead_days", usual.shortest_lead_days),
        avoid_weekdays=_weekdays(fields),
        avoid_holiday_eves=fields.flag("avoid_holiday_eves", usual.avoid_holiday_eves),
        slots=_slots(fields),
        spacing_days=days("spacing_days", usual.spacing_days),
        spacing_until=days("spacing_until", usual.spacing_until),
        gate_percent=fields.whole("gate_percent", 0, 100, usual.gate_percent),
        change_cutoff_days=days("change_cutoff_days", usual.change_cutoff_days),
        quiet_hours=fields.flag("quiet_hours", usual.quiet_hours),
        deferrals=fields.whole("deferrals", 0, 100, usual.deferrals),
        opt_out_days=fields.whole("opt_out_days", 1, 100, usual.opt_out_days),
    )
    _check_order(fields, rules)
    return rules


def _check_order(fields: Fields, rules: Rules) -> None:
    ordered = ("shortest_lead_days", "min_lead_days", "lead_days"), ("latest_days", "prep_days")
    for names in ordered:
        for small, large in pairwise(names):
            if getattr(rules, small) > getattr(rules, large):
                limit = f"{getattr(rules, large)}, which is {large}"
                fields.refuse(small, f"{getattr(rules, small)} is more than {limit}.")


def _weekdays(fields: Fields) -> tuple[int, ...]:
    if fields.raw("avoid_weekdays") == []:
        return ()
    words = fields.items("avoid_weekdays", ("mon", "fri"))
    for word in words:
        if word not in WEEKDAYS:
            allowed = ", ".join(WEEKDAYS)
            fields.refuse("avoid_weekdays", f"{quoted(word)} is no weekday. Use: {allowed}.")
    if len(set(map(str, words))) == len(WEEKDAYS):
        fields.refuse("avoid_weekdays", "no weekday is left. Leave at least one out.")
    return tuple(index for index, name in enumerate(WEEKDAYS) if name in words)


def _slots(fields: Fields) -> tuple[time, ...]:
    words = fields.items("slots", ("08:00", "12:30", "18:00"))
    slots = [fields.clock("slots", word) for word in words]
    if len(set(slots)) < len(slots):
        fields.refuse("slots", "a time stands twice. Name each time once.")
    return tuple(sorted(slots))


def _steps(playbook: Fields) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}
    for number, values in enumerate(playbook.items("steps"), start=1):
        step = _step(playbook.file, number, values)
        if step.key in steps:
            fields = Fields(playbook.file, f'step "{step.key}"', {})
            fields.refuse("key", f"step {number} has the same key. Every step needs its own.")
        steps[step.key] = step
    for ladder in (Ladder.NO_DATE, Ladder.NOT_READY):
        _check_ladder(playbook.file, [step for step in steps.values() if step.ladder is ladder])
    return tuple(steps.values())


def _check_ladder(file: str, rungs: list[Step]) -> None:
    """A ladder ends at a person of the provider, not at one more mail."""
    if rungs and rungs[-1].channel is not Channel.TASK:
        fields = Fields(file, f'step "{rungs[-1].key}"', {})
        fields.refuse("ladder", "the last rung of a ladder is a task for somebody of ours.")


def _step(file: str, number: int, values: object) -> Step:
    fields = Fields(file, f"step {number}", values)
    key = _name(fields, "key")
    fields.where = f'step "{key}"'
    fields.only(tuple(Step.__dataclass_fields__))
    anchor = fields.choice("anchor", Anchor, "an anchor")
    channel = fields.choice("channel", Channel, "a channel")
    step = Step(
        key=key,
        anchor=anchor,
        offset=fields.whole("offset", -FURTHEST, FURTHEST),
        days=fields.choice("days", Days, "a way to count days", Days.CALENDAR),
        at=_at(fields, anchor),
        audience=fields.choice("audience", Audience, "an audience"),
        channel=channel,
        scope=fields.choice("scope", Scope, "a scope", Scope.CUSTOMER),
        title=fields.text("title", longest=60),
        letter=_name(fields, "letter") if channel is Channel.MAIL else None,
        text=fields.text("text", longest=600) if channel is Channel.TASK else None,
        stop=fields.choice("stop", Stop, "a stop rule", Stop.NEVER),
        valid_days=fields.whole("valid_days", 0, FURTHEST, 7),
        required=fields.flag("required", False),
        compressible=fields.flag("compressible", False),
        ladder=fields.choice("ladder", Ladder, "a ladder", Ladder.NONE),
    )
    _check_step(fields, step)
    return step


def _at(fields: Fields, anchor: Anchor) -> time | None:
    if fields.has("at"):
        return fields.clock("at", fields.raw("at"))
    return None if anchor is Anchor.AGREED else MORNING


def _check_step(fields: Fields, step: Step) -> None:
    """What is fine field by field, but not together."""
    if step.channel is Channel.MAIL and fields.has("text"):
        fields.refuse("text", "only tasks have a text. A mail has a letter.")
    if step.channel is Channel.TASK and fields.has("letter"):
        fields.refuse("letter", "only mails have a letter. A task has a text.")
    if step.channel is Channel.MAIL and step.audience is Audience.PROVIDER:
        fields.refuse("audience", "mails go to customers. Use a task for the provider.")
    if (step.channel is Channel.BOOKING) != (step.anchor is Anchor.OPT_OUT):
        fields.refuse("anchor", "opt_out is for the booking of a day put down, and only for it.")
    if step.channel is Channel.BOOKING and step.audience is not Audience.PROVIDER:
        fields.refuse("audience", "the provider books. The letters after it tell the customer.")
    if step.anchor is Anchor.OPT_OUT and step.offset < 1:
        fields.refuse("offset", "nothing is booked before the last day is over. Write 1 or more.")
    if step.anchor is Anchor.AGREED and step.offset < 0:
        fields.refuse("offset", "nothing can be done before the agreement. Write 0 or more.")
    if step.required and step.compressible:
        fields.refuse("compressible", "a required step is never dropped. Keep one of the two.")
    if step.scope is Scope.CAMPAIGN:
        _check_campaign_step(fields, step)


def _check_campaign_step(fields: Fields, step: Step) -> None:
    if step.channel is not Channel.TASK or step.audience is not Audience.PROVIDER:
        fields.refuse("scope", "only tasks of the provider can be done once for a campaign.")
    if step.anchor in (Anchor.FIRST_SLOT, Anchor.AGREED, Anchor.AGREED_DATE):
        allowed = "announced, vendor_date, last_action"
        fields.refuse("anchor", f"a campaign has no {step.anchor} of its own. Use: {allowed}.")
