"""F6, F7, F8: Redis forgets, hangs up, restarts, is away."""

import json
import time

from tests.faults.house import Plan
from tests.faults.processes import Process
from tests.faults.result import Result, judge
from tests.faults.scene import Scene
from tests.faults.stage import Play
from tests.scaled.scaled_kit import answer
from tests.services import Redis
from tests.services.process import free_port

STALL = 120.0  # seconds that a worker may be deaf


def flushed(play: Play) -> Result:
    """F6: everything that Redis knows is thrown away again and again while letters leave."""
    times, plan = (10, Plan(100, 60)) if play.long else (3, Plan(10, 20, waves=2))
    with play.scene(plan) as scene:
        scene.beat()
        scene.worker()
        scene.worker()
        for _ in range(times):
            scene.until_more(plan.letters // (times + 3))
            _redis(scene).flush()
        for wave in range(1, plan.waves):
            scene.house.move("resume", wave)
        _redis(scene).flush()
        recovery = scene.until_done()
        return judge(scene, runs=times, recovery=recovery, note=f"{times} flushes, 2 workers")


def hangs_up(play: Play) -> Result:
    """F7: Redis closes every connection, then restarts empty; the workers hear it again."""
    rounds = 10 if play.long else 2
    with play.scene(Plan(5, 10, waves=1 + rounds)) as scene:
        scene.beat()
        workers = [scene.worker(), scene.worker()]
        slowest = scene.until_done()
        for wave in range(1, rounds + 1):
            if wave % 2:
                _kill_clients(_redis(scene))
            else:
                _redis(scene).restart()
            scene.house.move("resume", wave)
            slowest = max(slowest, scene.until(lambda: _sent(scene), "letters go on", STALL))
            scene.until_done()
            workers = [_alive(scene, worker) for worker in workers]
        return judge(scene, runs=rounds, recovery=slowest, note="CLIENT KILL and restart in turn")


def _sent(scene: Scene) -> bool:
    return scene.open() == 0


def _alive(scene: Scene, worker: Process) -> Process:
    """A worker that noticed its deafness has ended; its supervisor starts another."""
    return worker if worker.alive() else scene.worker()


def _kill_clients(broker: Redis) -> None:
    with broker.client() as client:
        for kind in ("normal", "pubsub"):
            client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")


def away(play: Play) -> Result:
    """F8: without Redis the pages answer, `rollout tick` sends, and a worker alone does too."""
    with play.scene(Plan(5, 10, waves=2)) as scene:
        try:
            _redis(scene).stop()
            slowest, worst = _pages_and_tick(scene)
            if play.long:
                scene.worker()
                scene.house.move("resume", 1)
                slowest = max(slowest, scene.until_done(STALL))
        finally:
            _redis(scene).start()
        if not play.long:
            scene.house.move("resume", 1)
            scene.tick()
        return judge(scene, recovery=slowest, note=f"slowest page {worst:.2f} s")


def _pages_and_tick(scene: Scene) -> tuple[float, float]:
    port = free_port()
    scene.start("web", "--port", str(port), "--workers", "1")
    scene.until(lambda: answer(port, "/healthz") == 200, "the pages answer")
    start = time.monotonic()
    told = json.loads(scene.tick())
    assert told["sent"] == scene.house.plan.letters // 2, told
    recovery, worst = time.monotonic() - start, 0.0
    for _ in range(20):
        asked = time.monotonic()
        codes = (answer(port, "/healthz"), answer(port, "/sign-in"))
        assert all(0 < code < 500 for code in codes), codes
        worst = max(worst, time.monotonic() - asked)
    return recovery, worst


def _redis(scene: Scene) -> Redis:
    assert scene.broker is not None
    return scene.broker
