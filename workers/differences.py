"""What differs between two rehearsals: added, removed and moved, by customer, step and audience."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.errors import Invalid

Key = tuple[str, str, str, str, str]
WHEN = " when"  # no field of an event: the local time, empty where it happens at once
NEEDED = ("customer", "step", "audience", "kind", "local")


@dataclass(frozen=True, slots=True)
class Difference:
    """One event of either plan; `before` and `after` are local times, None where it is not."""

    change: str  # added, removed, moved
    campaign: str
    customer: str
    step: str
    audience: str
    kind: str
    people: int
    before: str | None
    after: str | None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """From one rehearsal to another, as `rollout rehearse --json` writes them.

    In the order of the days. What happens at the same local time in both, or at once in both, is
    left out; of the rest of one customer, step and audience the first before is the first after,
    moved. Raises Invalid where a row is no event.
    """
    old, new = _by_key(before), _by_key(after)
    found = [
        one
        for key in old.keys() | new.keys()
        for one in _pairs(key, old.get(key, []), new.get(key, []))
    ]
    return sorted(
        found, key=lambda one: (one.after or one.before or "", one.customer, one.step, one.kind)
    )


def _by_key(plan: Mapping[str, Any]) -> dict[Key, list[Mapping[str, Any]]]:
    found: dict[Key, list[Mapping[str, Any]]] = {}
    for event in plan["events"]:
        if not isinstance(event, Mapping) or not all(
            isinstance(event.get(name), str) for name in NEEDED
        ):
            raise Invalid(
                "This is not a rehearsal: save one with `rollout rehearse CAMPAIGN --json`.",
                field="against",
            )
        campaign = str(event.get("campaign") or "")
        key = (campaign, event["customer"], event["step"], event["audience"], event["kind"])
        at_once = event.get("at") is not None and event.get("at") == plan.get("from")
        found.setdefault(key, []).append({**event, WHEN: "" if at_once else event["local"]})
    return found


def _pairs(
    key: Key, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    gone, come = _unlike(old, new), _unlike(new, old)
    both = min(len(gone), len(come))
    for was, now in zip(gone, come, strict=False):
        yield _difference("moved", key, now, was["local"], now["local"])
    for event in gone[both:]:
        yield _difference("removed", key, event, event["local"], None)
    for event in come[both:]:
        yield _difference("added", key, event, None, event["local"])


def _unlike(
    ours: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Those of ours that the others do not have at the same time, earliest first."""
    there = [event[WHEN] for event in others]
    left = []
    for event in sorted(ours, key=lambda event: str(event["local"])):
        if event[WHEN] in there:
            there.remove(event[WHEN])
        else:
            left.append(event)
    return left


def _difference(
    change: str, key: Key, event: Mapping[str, Any], before: str | None, after: str | None
) -> Difference:
    people = event.get("people")
    return Difference(change, *key, people if isinstance(people, int) else 0, before, after)
