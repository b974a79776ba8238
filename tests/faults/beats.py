"""F4, F5: no beat for a while, and more of them than anybody needs."""

from tests.faults.house import Plan
from tests.faults.result import Result, judge
from tests.faults.scene import Scene
from tests.faults.stage import Play


def beat_dies(play: Play) -> Result:
    """F4: the beat is shot; what falls due meanwhile leaves when it is back, or without it."""
    rounds = 3 if play.long else 1
    with play.scene(Plan(5, 10, waves=1 + rounds)) as scene:
        scene.worker()
        beat, slowest = scene.beat(), 0.0
        scene.until_done()
        for wave in range(1, rounds + 1):
            beat.kill()
            scene.house.move("resume", wave)
            # In the long form nobody comes back: the worker notices the silence by itself.
            alone = play.long and wave == rounds
            beat = beat if alone else scene.beat()
            slowest = max(slowest, scene.until_done())
        return judge(scene, runs=rounds, recovery=slowest, note=f"{rounds} kill -9 of the beat")


def many_beats(play: Play) -> Result:
    """F5: two to five beats ring at once, and nobody gets anything twice."""
    plan = Plan(100, 20) if play.long else Plan(10, 20)
    with play.scene(plan) as scene:
        _ring(scene, 5 if play.long else 3)
        recovery = scene.until_done()
        return judge(scene, recovery=recovery, note=f"{5 if play.long else 3} beats, 2 workers")


def _ring(scene: Scene, beats: int) -> None:
    for _ in range(beats):
        scene.beat()
    for _ in range(2):
        scene.worker()
