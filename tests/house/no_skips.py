"""A pytest plugin: the end of a run names what was skipped; ROLLOUT_NO_SKIPS makes that a failure.

Loaded by `make test` with `-p tests.house.no_skips`.
"""

import os

import pytest
from _pytest.terminal import TerminalReporter


def _skipped(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if not isinstance(reporter, TerminalReporter):
        return []
    return [report.nodeid for report in reporter.stats.get("skipped", [])]


def _forbidden() -> bool:
    return os.environ.get("ROLLOUT_NO_SKIPS", "0") not in ("", "0")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Before the closing line is written."""
    if _forbidden() and _skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    names = _skipped(config)
    terminalreporter.write_sep("=", f"skipped: {len(names)}")
    for name in names:
        terminalreporter.write_line(f"skipped: {name}")
    if names and _forbidden():
        terminalreporter.write_line("ROLLOUT_NO_SKIPS is set, so this run has failed.", red=True)
