"""F9, F10: Postgres restarts without a word, connections die in the middle of a commit."""

from contextlib import ExitStack

import migrations
from campaigns.store import Store
from tests.faults.house import Plan
from tests.faults.proxy import Cutter
from tests.faults.result import Result, judge
from tests.faults.scene import Scene, scene
from tests.faults.stage import Play
from tests.services import postgres, smtp_sink

CONNECTIONS = 4
BACK = 10.0  # seconds until letters leave again after a restart


def restarts(play: Play) -> Result:
    """F9: Postgres is stopped with `immediate` and started again while letters leave."""
    times, plan = (5, Plan(200, 30)) if play.long else (2, Plan(20, 20))
    with ExitStack() as stack:
        server = stack.enter_context(postgres(own=True, durable=True))
        url = server.create("house")
        store = Store(url)
        migrations.upgrade(store.engine)
        store.close()
        sink = stack.enter_context(smtp_sink())
        folder = play.stage.folder / f"scene{play.stage.number()}"
        folder.mkdir()
        made = stack.enter_context(scene(folder, url, plan, sink, play.stage.redis, seed=play.seed))
        made.beat()
        for _ in range(2):
            made.worker()
        slowest = 0.0
        for _ in range(times):
            made.until_more(plan.letters // (times + 2))
            server.restart("immediate")
            made.house.store.close()
            slowest = max(slowest, _goes_on(made))
        made.until_done()
        assert all(process.alive() for process in made.running), "a process did not survive"
        return judge(
            made,
            runs=times,
            recovery=slowest,
            uncertain=times * 2 * CONNECTIONS,
            note=f"{times} restarts, letters again within {slowest:.0f} s",
        )


def _goes_on(made: Scene) -> float:
    """Seconds until one more letter has left, or all have."""
    before = made.taken()
    return made.until(lambda: made.taken() > before or not made.open(), "letters go on")


def commit_is_cut(play: Play) -> Result:
    """F10: the connection dies in COMMIT, before or after it was done: nothing goes twice."""
    cuts, plan = (200, Plan(100, 30)) if play.long else (15, Plan(10, 20))
    with (
        Cutter(play.stage.postgres.folder, play.seed) as cutter,
        play.scene(plan, url=cutter.address) as made,
    ):
        made.beat()
        made.worker()
        made.until_more(1)
        cutter.cut(cuts)
        made.until_done()
        done = cutter.done
        cutter.cut(0)
        return judge(
            made,
            runs=done,
            uncertain=done,
            note=f"{done} cuts, half of them after the commit",
        )
