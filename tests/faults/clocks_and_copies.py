"""F18, F19: the clock jumps; the database is copied or put back."""

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from tests.faults.house import Plan
from tests.faults.processes import run
from tests.faults.result import Result, judge
from tests.faults.scene import Scene
from tests.faults.stage import Play

DAY = 86_400


def clock_jumps(play: Play) -> Result:
    """F18: a day ahead, a day back: nothing leaves until the clock is right again or confirmed."""
    with play.scene(Plan(3, 10, waves=2)) as scene:
        file = scene.folder / "clock"
        file.write_text("0")
        _sweep(scene, file)
        first = scene.taken()
        assert first == scene.house.plan.letters // 2, scene.house.states()
        scene.house.move("resume", 1)
        for offset in (-DAY, DAY):
            file.write_text(str(offset))
            _sweep(scene, file)
            assert scene.taken() == first, f"letters left with the clock {offset} s off"
        return judge(scene, open_is_fine=True, runs=2, note="one day back, one day ahead")


def _sweep(scene: Scene, file: Path) -> None:
    command = (sys.executable, "-m", "tests.faults.shifted", str(file))
    run(("tick",), scene.env, scene.folder, command=command)


def copied(play: Play) -> Result:
    """F19: a second installation on a copy of the database sends nothing."""
    with play.scene(Plan(3, 10, waves=2)) as scene:
        scene.tick()
        scene.house.move("resume", 1)
        first = scene.taken()
        scene.house.store.close()
        other = scene.folder / "other"
        other.mkdir()
        with play.stage.copy(scene.env["ROLLOUT_DATABASE_URL"], other) as copy:
            elsewhere = {"ROLLOUT_DATABASE_URL": copy, "ROLLOUT_DATA": str(other)}
            scene.tick(**elsewhere)
            worker = scene.worker(**elsewhere)
            beat = scene.start("beat", **elsewhere)
            scene.until(lambda: "database was copied" in worker.said(), "the worker says why", 60)
            assert scene.taken() == first, "the copy sends"
            worker.kill()
            beat.kill()
        scene.tick()
        return judge(scene, note="tick, worker and beat on the copy: 0 letters")


def put_back(play: Play) -> Result:
    """F19: an older state of the database, put back in its place, sends nothing (SQLite)."""
    with play.scene(Plan(3, 10, waves=2)) as scene:
        path = Path(str(make_url(scene.env["ROLLOUT_DATABASE_URL"]).database))
        backups = [scene.folder / name for name in ("fresh.db", "half.db", "whole.db")]
        _keep(scene, path, backups[0])
        for wave, backup in enumerate(backups[1:]):
            if wave:
                scene.house.move("resume", wave)
            scene.tick()
            _keep(scene, path, backup)
        assert scene.taken() == scene.house.plan.letters
        for backup in reversed(backups[:-1]):
            _put(scene, backup, path)
            if backup != backups[0]:
                scene.house.move("resume", 1)
            scene.tick()
            again = scene.taken() - scene.house.plan.letters
            assert again == 0, f"{again} letters left a second time from {backup.name}"
        _put(scene, backups[-1], path)
        return judge(scene, runs=2, note="backups in the same place: 0 letters")


def _keep(scene: Scene, path: Path, to: Path) -> None:
    scene.house.store.close()
    with closing(sqlite3.connect(path)) as source:
        source.execute("VACUUM INTO ?", (str(to),))


def _put(scene: Scene, kept: Path, path: Path) -> None:
    """The same file with other contents; the log beside it is not of these."""
    scene.house.store.close()
    shutil.copyfile(kept, path)
    for rest in ("-wal", "-shm"):
        Path(f"{path}{rest}").unlink(missing_ok=True)
