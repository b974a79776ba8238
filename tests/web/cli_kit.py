"""A command line with an installation of its own."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rollout.cli import cli, main

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Shell:
    """A command line with an installation of its own, on a clock that is driven."""

    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "ROLLOUT_DATA": str(self.folder / "data"),
            "ROLLOUT_MAIL": f"folder:{self.folder / 'mail'}",
            "ROLLOUT_CLOCK": "2026-06-01T07:00:00Z@0",
            **more,
        }

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from rollout.cli import main; main()", *words],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def quick(self, *words: str) -> Any:
        """The same in this process, where exit 1 needs no telling apart from a fault."""
        with self._here():
            found = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return json.loads(found.stdout) if "--json" in words else found.stdout

    def by_the_door(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The console entry in this process, told its words as the system would tell it."""
        out, err = io.StringIO(), io.StringIO()
        with self._here() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["rollout", *words])
            with pytest.raises(SystemExit) as ended:
                main()
        code = int(ended.value.code or 0)
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

    @contextmanager
    def _here(self) -> Iterator[pytest.MonkeyPatch]:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("ROLLOUT_")]:
                patch.delenv(name)
            for name, value in self.environment().items():
                patch.setenv(name, value)
            yield patch

    def file(self, name: str, content: str) -> str:
        path = self.folder / name
        path.write_text(content)
        return str(path)
