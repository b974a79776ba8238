"""The wheel, installed elsewhere, is the whole product."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.sources import kept_files
from tests.shared import ROOT

ROOMS = ("campaigns", "guides", "migrations", "rollout", "workers")
NEEDED = (
    "campaigns/library_changes.json",
    "campaigns/playbooks/authentication-all-users.yaml",
    "guides/content/letters/invitation.en.md",
    "guides/frames/letter.html.j2",
    "migrations/script.py.mako",
    "migrations/versions/0001_the_first_tables.py",
    "rollout/papers/report.typ",
    "rollout/static/app.css",
    "rollout/templates/base.html",
)
START = "import sys; from rollout.cli import main; sys.argv[0] = 'rollout'; main()"


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(cwd), **variables}
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the files that git keeps, as from a fresh clone."""
    clone = tmp_path_factory.mktemp("clone")
    for path in kept_files():
        copy = clone / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", cwd=clone)
    assert built.returncode == 0, built.stderr
    return next((clone / "dist").glob("*.whl"))


def test_everything_in_the_five_rooms_travels(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    kept = {path.relative_to(ROOT).as_posix() for path in kept_files()}
    ours = {name for name in kept if name.split("/")[0] in ROOMS}
    assert ours - packed == set()
    assert set(NEEDED) <= packed
    assert not {name for name in packed if name.startswith("tests/")}


def test_it_works_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    # -S leaves out the checkout, which the environment knows by a .pth file.
    libraries = os.pathsep.join([str(place), *(p for p in sys.path if "site-packages" in p)])
    command = [sys.executable, "-S", "-c", START]
    variables = {"PYTHONPATH": libraries, "ROLLOUT_DATA": str(elsewhere / "data")}
    listed = run(*command, "campaigns", "list", "--json", cwd=elsewhere, **variables)
    assert listed.returncode == 0, listed.stderr
    assert json.loads(listed.stdout) == {"campaigns": []}
    examined = run(*command, "doctor", cwd=elsewhere, **variables)
    assert examined.returncode == 0, examined.stdout + examined.stderr
    assert "Letters, guides and playbooks fit together." in examined.stdout
    where = [*command[:-1], "import rollout; print(rollout.__file__)"]
    assert run(*where, cwd=elsewhere, **variables).stdout.startswith(str(place))
