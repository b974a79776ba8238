"""F37: a worker that has sent many letters is no larger than one that has sent some."""

from tests.faults.house import Plan
from tests.faults.result import Result, judge
from tests.faults.stage import Play

GROWTH = 1.10


def memory_stays(play: Play) -> Result:
    """F37: what a worker holds after many letters, against what it held after a tenth of them."""
    waves, plan = (10, Plan(20, 100, waves=10)) if play.long else (5, Plan(5, 60, waves=5))
    with play.scene(plan) as scene:
        scene.beat()
        worker = scene.worker()
        scene.until_done()
        first = worker.memory()
        for wave in range(1, waves):
            scene.house.move("resume", wave)
            scene.until_done()
        last = worker.memory()
        share = last / first
        assert share <= GROWTH, f"{first} kB after a {waves}th, {last} kB after all"
        return judge(scene, note=f"{share:.0%} of its size after a {waves}th of the letters")
