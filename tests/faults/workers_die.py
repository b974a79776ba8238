"""F1, F3: workers are shot or asked to go while they send."""

import time

from tests.faults.house import Plan
from tests.faults.processes import Process
from tests.faults.result import Result, judge
from tests.faults.scene import Scene
from tests.faults.stage import Play

CONNECTIONS = 4  # a worker's, the product's default: each may be at one letter's final dot
WORKERS = 3


class Tokens:
    """How long the letters of a dead worker stay with it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._struck: dict[object, float] = {}
        self.longest = 0.0

    def strike(self) -> None:
        """A worker was just killed: whatever is claimed now may be its own."""
        for token in self._claimed():
            self._struck.setdefault(token, time.monotonic())

    def look(self) -> bool:
        """True when all that was claimed at some strike is free or settled."""
        claimed, now = self._claimed(), time.monotonic()
        for token in [token for token in self._struck if token not in claimed]:
            self.longest = max(self.longest, now - self._struck.pop(token))
        return not self._struck

    def _claimed(self) -> set[object]:
        found = self._scene.house.rows("SELECT DISTINCT token FROM delivery WHERE state='sending'")
        return {token for (token,) in found}


def kill_at_random(play: Play) -> Result:
    """F1: three workers, shot with SIGKILL again and again while letters leave."""
    kills, plan = (40, Plan(200, 45)) if play.long else (4, Plan(20, 20))
    with play.scene(plan) as scene:
        scene.beat()
        workers = [scene.worker() for _ in range(WORKERS)]
        tokens = Tokens(scene)
        done = _shoot(scene, workers, kills, tokens)
        scene.until_done()
        scene.until(tokens.look, "nothing is left with a dead worker")
        return judge(
            scene,
            runs=done,
            recovery=tokens.longest,
            uncertain=done * CONNECTIONS,
            note=f"{done} kill -9",
        )


def _shoot(scene: Scene, workers: list[Process], kills: int, tokens: Tokens) -> int:
    """Kill a worker whenever some more letters have left; how many were killed."""
    # Letters go on leaving while a killed worker is replaced: half as many again are kept ready.
    pace = scene.house.plan.letters // (kills + kills // 2 + 2)
    for number in range(kills):
        if not scene.until_more(scene.dice.randint(pace // 2, pace), tokens.look):
            return number
        place = scene.dice.randrange(len(workers))
        time.sleep(scene.dice.random() * 0.02)
        workers[place].kill()
        tokens.strike()
        workers[place] = scene.worker()
    return kills


def ask_to_stop(play: Play) -> Result:
    """F3: SIGTERM while letters leave: the letter in hand is finished, the others given back."""
    times, plan = (20, Plan(100, 20)) if play.long else (3, Plan(10, 30))
    with play.scene(plan) as scene:
        scene.beat()
        for number in range(times):
            worker = scene.worker()
            if not scene.until_more(scene.dice.randint(1, plan.letters // (times + 2))):
                times = number
                break
            code = worker.stop()
            assert code == 0, (code, worker.said())
            assert "sending" not in scene.house.states(), "letters were not given back"
        scene.worker()
        recovery = scene.until_done()
        return judge(scene, runs=times, recovery=recovery, note=f"{times} SIGTERM")
