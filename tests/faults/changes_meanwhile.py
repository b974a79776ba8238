"""F22, F27 to F30: people change things while letters are on their way."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from sqlalchemy import text

from campaigns import agree, choice
from rollout.wiring import machine_now
from tests.faults.house import DAY_MINUTES, House, Plan
from tests.faults.invariants import none_after
from tests.faults.result import Result, judge
from tests.faults.scene import Scene
from tests.faults.stage import Play


@contextmanager
def ticking(scene: Scene) -> Iterator[None]:
    """Two workers and a beat at work."""
    scene.beat()
    for _ in range(2):
        scene.worker()
    scene.until(lambda: scene.taken() > 0, "letters leave")
    yield
    scene.until_done()


def dates_move(play: Play) -> Result:
    """F22: dates move while letters leave: nobody gets the old date who was not past the mark."""
    plan = Plan(200, 30) if play.long else Plan(20, 20)
    with play.scene(plan) as scene, ticking(scene):
        moved: dict[int, datetime] = {}
        rollouts = scene.house.rollouts()
        scene.dice.shuffle(rollouts)
        for rollout in rollouts[: 200 if play.long else 8]:
            scene.until_more(1)
            _move_date(scene.house, rollout)
            moved[rollout] = machine_now()
        scene.until_done()
        _none_of_the_old_date(scene.house, moved)
        _everybody_corrected_once(scene.house)
        return judge(scene, runs=len(moved), note=f"{len(moved)} dates moved")


def _move_date(house: House, rollout: int) -> None:
    """Two weeks later, as the customer's page does it."""
    with house.store.writing() as session:
        case = choice.open_case(session, rollout, house.now, DAY_MINUTES)
        assert case.current is not None
        assert case.current.day is not None
        agree.agree(
            session,
            case,
            day=_open_day(session, case, case.current.day),
            at=case.terms.rules.slots[0],
            chooser=agree.Chooser("Kim Lee", "owner"),
            answer_key=f"moved {rollout}",
            now=house.now,
        )


def _open_day(session: object, case: choice.Case, day: date) -> date:
    later = day + timedelta(days=14)
    return next(
        offered.day
        for offered in choice.offers(session, case)  # type: ignore[arg-type]
        if offered.day >= later and offered.verdict.open
    )


def _none_of_the_old_date(house: House, moved: dict[int, datetime]) -> None:
    """I6: a letter that names the old date was past its mark when the date moved."""
    for rollout, when in moved.items():
        marks = house.instants(
            """SELECT d.mark FROM delivery d JOIN touch t ON t.id = d.touch_id
               JOIN rollout r ON r.id = t.rollout_id
               WHERE r.id = :id AND t.version < r.version AND d.state IN ('sent', 'uncertain')""",
            id=rollout,
        )
        late = [mark for mark in marks if mark > when]
        assert not late, f"rollout {rollout}: marked {late} after the move at {when}"


def _everybody_corrected_once(house: House) -> None:
    """Who was told the old date is told the new one, once."""
    untold = house.rows(
        """SELECT d.public_id FROM delivery d JOIN touch t ON t.id = d.touch_id
           JOIN rollout r ON r.id = t.rollout_id JOIN step s ON s.id = t.step_id
           WHERE t.version < r.version AND s.key = 'announce' AND d.state IN ('sent', 'uncertain')
           AND 1 <> (SELECT count(*) FROM delivery n JOIN touch u ON u.id = n.touch_id
                     JOIN step z ON z.id = u.step_id
                     WHERE n.contact_id = d.contact_id AND u.version = r.version
                     AND z.key = 'moved-people' AND n.state IN ('sent', 'uncertain'))"""
    )
    assert not untold, f"{len(untold)} people know only the old date: {untold[:5]}"


def held(play: Play) -> Result:
    """F27: after the commit of a hold no further dot is sent.

    A second is allowed to a letter that was just marked; more where other tests keep the
    machine busy, and then longer is waited for letters that must not come.
    """
    times, plan, grace = (50, Plan(100, 60), 1.0) if play.long else (3, Plan(10, 20), 2.5)
    with play.scene(plan) as scene, ticking(scene):
        everything = _ids(scene.house, "1 = 1")
        for number in range(times):
            if not scene.until_more(scene.dice.randint(1, 30)):
                break
            stopped = scene.house.move("hold")
            seen = scene.taken()
            threading.Event().wait(grace + 0.5)
            everything |= _ids(scene.house, "1 = 1")
            breaches = none_after(scene.letters(), everything, stopped, grace)
            assert not breaches, breaches[:5]
            assert scene.taken() <= seen + 2 * 4, f"round {number}: letters go on"
            scene.house.move("resume")
        scene.until_done()
        return judge(scene, runs=times, note=f"{times} holds")


def _ids(house: House, where: str) -> set[str]:
    return {str(id_) for (id_,) in house.rows(f"SELECT public_id FROM delivery WHERE {where}")}


def contacts_leave(play: Play) -> Result:
    """F28: people who are removed while letters leave get none, unless past the mark."""
    many, plan = (1000, Plan(100, 40)) if play.long else (40, Plan(20, 20))
    with play.scene(plan) as scene, ticking(scene):
        contacts = [int(str(id_)) for (id_,) in scene.house.rows("SELECT id FROM contact")]
        scene.dice.shuffle(contacts)
        gone: dict[int, datetime] = {}
        for contact in contacts[:many]:
            with scene.house.store.writing() as session:
                session.execute(
                    text("UPDATE contact SET left_at = created_at WHERE id = :id"), {"id": contact}
                )
            gone[contact] = machine_now()
            if len(gone) % 10 == 0:
                scene.until_more(1)
        scene.until_done()
        for contact, when in gone.items():
            marks = scene.house.instants(
                _OF_CONTACT,
                id=contact,
            )
            assert all(mark <= when for mark in marks), f"contact {contact} left at {when}: {marks}"
        states = scene.house.states()
        return judge(scene, runs=many, note=f"{states.get('skipped', 0)} of {many} spared")


def cancelled(play: Play) -> Result:
    """F29: when a campaign is cancelled nothing of it is open any more, and nothing leaves."""
    waves = 10 if play.long else 3
    with play.scene(Plan(10, 20, waves=waves)) as scene, ticking(scene):
        for wave in range(waves):
            if wave:
                scene.house.move("resume", wave)
            scene.until_more(scene.dice.randint(1, 60))
            stopped = scene.house.move("cancel" if wave % 2 == 0 else "finish", wave)
            touches = scene.house.rows(_TOUCHES, name=f"Wave {wave}")
            assert touches == [], f"open after the end: {touches[:3]}"
            # What a worker had in hand comes back to it unsent, and the next sweep ends it.
            scene.until_done()
            assert scene.house.rows(_OPEN, name=f"Wave {wave}") == []
            late = [mark for mark in scene.house.instants(_MARKS, name=f"Wave {wave}")
                    if mark > stopped]  # fmt: skip
            assert not late, f"marked {late} after the cancellation at {stopped}"
        return judge(scene, runs=waves, note=f"{waves} campaigns ended while letters left")


_OF_CONTACT = """SELECT mark FROM delivery
                 WHERE contact_id = :id AND state IN ('sent', 'uncertain')"""
_OF_WAVE = """JOIN touch t ON t.id = d.touch_id JOIN rollout r ON r.id = t.rollout_id
              JOIN campaign c ON c.id = r.campaign_id WHERE c.name = :name"""
_TOUCHES = """SELECT t.id FROM touch t JOIN rollout r ON r.id = t.rollout_id
              JOIN campaign c ON c.id = r.campaign_id
              WHERE c.name = :name AND t.state IN ('planned', 'open')"""
_OPEN = f"SELECT d.public_id FROM delivery d {_OF_WAVE} AND d.state IN ('due', 'sending')"
_MARKS = f"SELECT d.mark FROM delivery d {_OF_WAVE} AND d.state IN ('sent', 'uncertain')"
