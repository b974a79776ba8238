"""The bench itself: it runs to its end in its smallest form, and its output has every figure."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.bench.__main__ import PARTS, main
from tests.bench.databases import ENGINES
from tests.bench.figures import AT_LEAST, AT_MOST, Figure, compared
from tests.bench.measure import alternate
from tests.bench.page import Part, as_markdown, as_table, merged, write_json
from tests.bench.timing import same

FIGURES = {
    "planning": (
        "open and plan 4 customers x 5 people x 15 touches",
        "move a customer's date, 10 people, p50",
        "move a customer's date, 50 people, p50",
        "fan a touch out to 5 people",
    ),
    "claims": (
        "claims of 10 with 400 waiting",
        "idle poll with 400 waiting for later",
        "claims when 90 % of 4,000 rows are done",
        "idle poll with 4,000 rows",
    ),
}


def test_the_smallest_bench_measures_every_figure_on_both_engines(tmp_path: Path) -> None:
    told = tmp_path / "bench.json"
    words = ("--size", "tiny", "--only", "plan,claims", "--no-peers", "--json", str(told))
    done = CliRunner().invoke(
        main, [*words, "--page", str(tmp_path / "bench.md")], catch_exceptions=False
    )
    assert done.exit_code in (0, 1), done.output
    parts = json.loads(told.read_text())["parts"].values()
    figures = [figure for part in parts for figure in part["figures"]]
    measured = {(one["group"], one["name"]) for one in figures if one["ours"] is not None}
    for group, names in FIGURES.items():
        for name in names:
            for engine in ENGINES:
                assert (group, f"{name}, {engine}") in measured
    assert "targets missed" in done.output


def test_every_part_of_the_bench_can_be_asked_for_by_name() -> None:
    parts = "handover plan claims import pages growth memory rehearsal proposing"
    assert set(PARTS) == set(parts.split())
    refused = CliRunner().invoke(main, ["--only", "planning"])
    assert refused.exit_code == 2
    assert "No such part: planning. Use handover, plan, claims" in refused.output


def test_a_part_that_is_measured_again_replaces_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    machine = {"date": "Monday", "commit": "abc", "load": "0.1", "cores": "2"}
    plan = Part(machine, "full", [Figure("planning", "old", "ms", 1.0)])
    claims = Part(machine, "full", [Figure("claims", "kept", "ms", 1.0)])
    write_json(path, {"claims": claims, "plan": plan})
    again = Part({**machine, "date": "Tuesday"}, "quick", [Figure("planning", "new", "ms", 2.0)])

    parts = merged(path, {"plan": again}, PARTS)

    assert list(parts) == ["plan", "claims"]
    page = as_markdown(parts.values())
    assert page.count("Machine: cores 2.") == 1
    assert "## Planning\n\nSize quick, date Tuesday, commit abc, load 0.1.\n\n| figure |" in page
    assert "## Claims\n\nSize full, date Monday, commit abc, load 0.1.\n\n| figure |" in page
    assert "| new |" in page
    assert "| old |" not in page


def test_contenders_take_turns_and_the_ratio_is_of_pairs() -> None:
    order: list[str] = []
    speeds = {"ours": iter([4.0, 30.0, 3.0]), "theirs": iter([2.0, 10.0, 3.0])}

    def turn(name: str) -> float:
        order.append(name)
        return next(speeds[name])

    rounds = alternate(
        3, {"ours": lambda: turn("ours"), "theirs": lambda: turn("theirs")}, lambda _: None
    )
    assert order == ["ours", "theirs"] * 3
    assert rounds.ratio("ours", "theirs", same) == 2.0
    figure = compared(rounds, "group", "name", "a second", ("ours", "theirs"), same, AT_LEAST, 2.0)
    assert (figure.ours, figure.reference, figure.met) == (4.0, 3.0, True)


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("g", "n", "ms", 9.0, bound=AT_MOST, target=10), True),
        (Figure("g", "n", "ms", 11.0, bound=AT_MOST, target=10), False),
        (Figure("g", "n", "/s", 9.0, 3.0, "plain", 3.0, AT_LEAST, 4.0), False),
        (Figure("g", "n", "/s", bound=AT_LEAST, target=4.0, note="no setting yet"), None),
        (Figure("g", "n", "/s", 9.0), None),
    ],
)
def test_a_figure_says_whether_its_target_is_met(figure: Figure, met: bool | None) -> None:
    assert figure.met is met
    words = {True: "yes", False: "no", None: "-"}[met]
    assert as_table([figure]).endswith(words)
    assert f"| {words} | {figure.note} |" in as_markdown([Part({}, "tiny", [figure])])
