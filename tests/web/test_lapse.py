"""The time-lapse: 120 days of a campaign, acted by its customers, the desk and the vendor."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from campaigns import journal
from campaigns.extra_letter import DATE_STANDS
from campaigns.models import ChangeReview, Delivery, PutDown, Rollout, Step, Touch
from campaigns.store import Store
from rollout.cli.context import open_runtime
from rollout.seed import demo_settings, lapse, load_demo
from rollout.settings import load
from rollout.web import create_app
from workers.runtime import HandClock, Runtime
from workers.steward import tick

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
STEP = timedelta(hours=12)


@dataclass
class Racing(HandClock):
    """A clock that is turned by hand and says that it races."""

    speed: float = 86_400.0


@dataclass
class Told:
    """The story as far as it has been told."""

    rt: Runtime
    folder: Path

    @property
    def store(self) -> Store:
        return self.rt.store


def begun(folder: Path) -> Told:
    loaded = load({"ROLLOUT_DATA": str(folder)}, **demo_settings({}))
    rt = replace(open_runtime(loaded), clock=Racing(NOW))
    assert list(load_demo(rt, loaded.settings)) == ["Board", "Mailbox"]
    return Told(replace(rt, clock=HandClock(NOW)), folder)


def tell(told: Told, restarted: int | None = None) -> None:
    """The whole story; the process dies once where a day is named and starts again."""
    stage = lapse.stage_of(told.rt, told.folder)
    lapse.plan_story(stage)
    moment = told.rt.clock.now()
    while not stage.done:
        moment += STEP
        tick(told.rt, moment)
        lapse.act_until(stage, moment)
        if restarted is not None and moment > stage.on(restarted):
            stage, restarted = lapse.stage_of(told.rt, told.folder), None
            lapse.plan_story(stage)
            stage.skip_to(moment)


@pytest.fixture(scope="module", params=[None, 60], ids=["through", "with a restart"])
def told(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Told]:
    made = begun(tmp_path_factory.mktemp("lapse") / "data")
    tell(made, request.param)
    yield made
    made.store.close()


def test_most_customers_are_through_at_the_end(told: Told) -> None:
    with told.store.reading() as session:
        states = Counter(session.scalars(select(Rollout.state)).all())
    through = states["implemented"] + states["verified"]
    assert through >= 20, states
    assert states["implementing"] == 0, states


def test_the_silent_were_put_down_after_notice(told: Told) -> None:
    with told.store.reading() as session:
        outcomes = Counter(session.scalars(select(PutDown.outcome)).all())
    assert outcomes["booked"] >= 1
    assert outcomes["declined"] >= 1


def test_the_vendor_moves_once_and_somebody_approves_it(told: Told) -> None:
    with told.store.reading() as session:
        states = session.scalars(select(ChangeReview.state)).all()
        notes = session.scalar(
            select(func.count())
            .select_from(Delivery)
            .join(Touch, Touch.id == Delivery.touch_id)
            .join(Step, Step.id == Touch.step_id)
            .where(Step.letter == DATE_STANDS, Delivery.state == "sent")
        )
    assert states == ["approved"]
    assert notes


def test_nobody_gets_the_same_letter_twice_and_the_journal_holds(told: Told) -> None:
    with told.store.reading() as session:
        pairs = session.execute(
            select(Delivery.touch_id, Delivery.contact_id).where(Delivery.state == "sent")
        ).all()
        assert len(pairs) == len(set(map(tuple, pairs)))
        assert len(pairs) > 500
        assert not journal.verify(session)


def test_a_restart_goes_on_where_the_clock_stood(tmp_path: Path) -> None:
    made = begun(tmp_path / "data")
    stage = lapse.stage_of(made.rt, made.folder)
    lapse.plan_story(stage)
    later = lapse.stage_of(made.rt, made.folder)
    lapse.plan_story(later)
    later.skip_to(later.on(30))
    assert later.start == stage.start
    assert len(list(later.due(later.on(200)))) < len(list(stage.due(stage.on(200))))
    made.store.close()


@pytest.mark.parametrize(("speed", "again"), [(86_400.0, "2"), (0.0, None), (60.0, None)])
def test_pages_look_again_by_themselves_only_where_days_race(
    tmp_path: Path, speed: float, again: str | None
) -> None:
    loaded = load({"ROLLOUT_DATA": str(tmp_path)}, **demo_settings({}))
    rt = replace(open_runtime(loaded), clock=Racing(NOW, speed=speed))
    page = create_app(rt, loaded.settings).test_client().get("/sign-in")
    assert page.headers.get("Refresh") is None
    board = create_app(rt, loaded.settings)
    with board.test_request_context("/"):
        answer = board.process_response(board.make_response("here"))
    assert answer.headers.get("Refresh") == again
    rt.store.close()


def test_deeds_that_no_sweep_had_reached_are_acted_after_a_restart(tmp_path: Path) -> None:
    made = begun(tmp_path / "data")
    tick(made.rt, made.rt.clock.now() + timedelta(hours=2))
    ahead = replace(made.rt, clock=HandClock(NOW + timedelta(days=30)))  # it ran on meanwhile
    stage = lapse.stage_of(ahead, made.folder)
    lapse.plan_story(stage)
    planned = len(list(stage.due(stage.on(200))))
    again = lapse.stage_of(ahead, made.folder)
    lapse.plan_story(again)
    ahead.stopping.set()
    lapse.act(again)
    assert len(list(again.due(again.on(200)))) == planned
    made.store.close()
