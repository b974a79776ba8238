"""F2: the process dies at each named point of a hand-over."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.dying import CODE
from tests.faults.house import Plan
from tests.faults.processes import FOLLOW, Process
from tests.faults.result import Result, judge
from tests.faults.scene import Scene
from tests.faults.stage import Play
from tests.services import PythonSink
from tests.shared import ROOT

# Where the program itself dies, and how many letters that leaves uncertain.
POINTS = {"claimed": 0, "marked": 1, "dot": 1, "answered": 1, "settling": 1}
DYING = (sys.executable, "-c", f"{FOLLOW}; from tests.faults.dying import main; main()")
# What the server sees last, before it answers.
PHASES = {"MAIL": 0, "RCPT": 0, "DATA": 0, ".": 1}
CONNECTIONS = 4
ONE = {"ROLLOUT_CONNECTIONS": "1"}


def dies_at_points(play: Play) -> Result:
    """F2: `os._exit` at five named points, of the first letter and of a later one."""
    result = Result(0, 0, 0, 0, 0)
    for point, uncertain in POINTS.items():
        result += _by_itself(play, point, uncertain, ONE)
        if play.long:
            result += _by_itself(play, f"{point}:7", CONNECTIONS, {})
    return result


def _by_itself(play: Play, point: str, uncertain: int, more: dict[str, str]) -> Result:
    with play.scene(Plan(2, 10), settings=more) as scene:
        env = {**scene.env, "PYTHONPATH": str(ROOT)}
        process = Process((point,), env, scene.folder, DYING)
        scene.running.append(process)
        scene.until(lambda: not process.alive(), f"the program dies at {point}", 60)
        assert process.code == CODE, f"it did not die at {point}: {process.said()}"
        return _afterwards(scene, point, uncertain, exact=point in POINTS)


def _afterwards(scene: Scene, point: str, uncertain: int, *, exact: bool) -> Result:
    """Others take over; nothing is lost, nothing goes twice."""
    scene.minutes_pass()
    scene.ticks_until_done()
    states = scene.house.states()
    if exact:
        assert states.get("uncertain", 0) == uncertain, f"killed at {point}: {states}"
    return judge(scene, uncertain=uncertain, note="died at a named point")


@dataclass
class Trap:
    """Kills a process when the server is at a phase for the n-th time."""

    phase: str
    nth: int
    victim: Process | None = None
    sprung: bool = False

    def watch(self, phase: str) -> None:
        if phase == self.phase and self.victim is not None and not self.sprung:
            self.nth -= 1
            if self.nth == 0:
                self.sprung = True
                self.victim.kill()


def killed_at_phases(play: Play) -> Result:
    """F2: SIGKILL while the server is at MAIL, RCPT, DATA or the dot."""
    result = Result(0, 0, 0, 0, 0)
    for phase, uncertain in PHASES.items():
        result += _killed(play, phase, 1, uncertain, ONE)
        if play.long:
            result += _killed(play, phase, 9, CONNECTIONS, {})
    return result


def _killed(play: Play, phase: str, nth: int, uncertain: int, more: dict[str, str]) -> Result:
    trap = Trap(phase, nth)
    watch: Callable[[str], None] = trap.watch
    with (
        PythonSink(watch=watch) as sink,
        play.scene(Plan(2, 10), sink=sink, settings=more) as scene,
    ):
        trap.victim = process = scene.start("tick")
        scene.until(lambda: not process.alive(), f"it is killed at {phase}", 60)
        assert trap.sprung, process.said()
        return _afterwards(scene, phase, uncertain, exact=nth == 1)
