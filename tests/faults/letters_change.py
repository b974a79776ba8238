"""F30, F38: a letter's text is edited, the schema grows, while letters leave."""

import shutil
from pathlib import Path

from tests.faults.house import Plan
from tests.faults.result import Result, judge
from tests.faults.scene import Scene
from tests.faults.stage import Play
from tests.shared import ROOT


def text_is_edited(play: Play) -> Result:
    """F30: a new text comes with a new worker; nobody's touch mixes the old and the new."""
    edits = 50 if play.long else 2
    with play.scene(Plan(2 * edits, 60) if play.long else Plan(4, 60)) as scene:
        scene.beat()
        old = scene.worker()
        for number in range(edits):
            if not scene.until_more(scene.house.plan.letters // (edits + 2)):
                break
            path = f"{_edited(scene.folder / f'tree{number}', number)}:{ROOT}"
            new = scene.worker(PYTHONPATH=path)
            scene.until_more(5)
            assert old.stop() == 0
            old = new
        scene.until_done()
        mixed = scene.house.rows(
            """SELECT touch_id, count(DISTINCT letter_version) FROM delivery
               WHERE state IN ('sent', 'uncertain') GROUP BY touch_id
               HAVING count(DISTINCT letter_version) > 1"""
        )
        assert not mixed, f"{len(mixed)} touches went out in two wordings: {mixed[:5]}"
        return judge(scene, runs=edits, note=f"{edits} edits")


def _edited(folder: Path, number: int) -> Path:
    """The guides with one sentence more in the announcement."""
    shutil.copytree(
        ROOT / "guides", folder / "guides", ignore=shutil.ignore_patterns("__pycache__")
    )
    for letter in (folder / "guides").rglob("announcement*.md"):
        letter.write_text(f"{letter.read_text()}\n\nThis is wording number {number}.\n")
    return folder


def schema_grows(play: Play) -> Result:
    """F38: columns and tables of a newer version appear while the old code sends."""
    plan = Plan(100, 20) if play.long else Plan(10, 20)
    with play.scene(plan) as scene:
        scene.beat()
        scene.worker()
        scene.until_more(plan.letters // 4)
        for statement in _EXPANSION:
            with scene.house.store.writing() as session:
                session.connection().exec_driver_sql(statement)
            scene.until_more(1)
        scene.until_done()
        _still_runs(scene)
        return judge(scene, runs=len(_EXPANSION), note="expanded while sending")


_EXPANSION = (
    "ALTER TABLE delivery ADD COLUMN of_a_newer_version VARCHAR(20)",
    "ALTER TABLE touch ADD COLUMN also_newer INTEGER DEFAULT 0",
    "CREATE TABLE newer (id INTEGER PRIMARY KEY)",
    "CREATE INDEX ix_newer ON delivery (of_a_newer_version)",
)


def _still_runs(scene: Scene) -> None:
    assert all(process.alive() for process in scene.running), [p.said() for p in scene.running]
