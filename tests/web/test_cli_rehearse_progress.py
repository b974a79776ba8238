"""Whoever watches a long rehearsal reads how far it has come; a file that is written does not."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from rollout.cli import rehearse

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


class Terminal(io.StringIO):
    """A place where somebody may be watching."""

    def __init__(self, watched: bool) -> None:
        super().__init__()
        self.watched = watched

    def isatty(self) -> bool:
        return self.watched


@pytest.mark.parametrize(("watched", "patience", "told"), [
    (True, -1.0, ["2026-06-01", "2026-06-02"]),
    (True, 60.0, []),
    (False, -1.0, []),
])  # fmt: skip
def test_each_day_is_told_once_after_a_while_and_only_to_a_terminal(
    monkeypatch: pytest.MonkeyPatch, watched: bool, patience: float, told: list[str]
) -> None:
    terminal = Terminal(watched)
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(rehearse, "PATIENCE", patience)
    with rehearse._told_how_far() as tell:
        for hours in (0, 3, 24, 30):
            tell(NOW + timedelta(hours=hours))
    said = [line.removeprefix("Rehearsed up to ") for line in terminal.getvalue().split("\r")]
    assert [line for line in said if line.strip()] == told
