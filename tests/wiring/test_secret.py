"""The generated secret: made once, whole, whoever asks for it first."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest

from rollout.settings import Settings
from tests.shared import ROOT

ASK = """
import sys
from pathlib import Path
from rollout.settings import Settings
settings = Settings(data=Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(settings.secret().decode())
"""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A folder that is not there yet; in the end it holds the secret alone, for its owner."""
    folder = tmp_path / "data"
    yield folder
    assert [path.name for path in folder.iterdir()] == ["secret.key"]
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600


def one_whole(data: Path, told: list[str]) -> None:
    """All were told the same, and it is what is kept; 48 random bytes are 64 letters."""
    assert set(told) == {(data / "secret.key").read_text()}
    assert len(told[0]) == 64


@pytest.mark.parametrize("attempt", range(10))
def test_threads_that_ask_at_once_get_the_same_whole_secret(data: Path, attempt: int) -> None:
    gate = Barrier(16)

    def ask(_: int) -> str:
        gate.wait()
        return Settings(data=data).secret().decode()

    with ThreadPoolExecutor(16) as pool:
        one_whole(data, list(pool.map(ask, range(16))))


def test_processes_that_ask_at_once_get_the_same_whole_secret(data: Path) -> None:
    with ExitStack() as stack:
        asking = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", ASK, str(data)],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(6)
        ]
        for process in asking:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in asking:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        told = [process.communicate(timeout=60)[0].strip() for process in asking]
    one_whole(data, told)


def test_a_secret_that_is_there_is_kept(data: Path) -> None:
    first = Settings(data=data).secret()
    assert Settings(data=data).secret() == first
