"""F12 to F16: the mail server refuses, dawdles, hangs up."""

import sys
import time

from rollout.wiring import machine_now
from tests.faults.house import Plan
from tests.faults.processes import run
from tests.faults.result import Result, judge
from tests.faults.scene import Scene
from tests.faults.stage import Play
from tests.services import PythonSink, Step

MINUTES = 120
KNOCKS = 12  # connections in two hours with a back-off that grows from one minute to thirty
CONNECTIONS = 4
DAWDLED = 12.0  # seconds that a sweep may take with a timeout of two


def refuses_all(play: Play) -> Result:
    """F12: 4xx to every connection for two hours: few knocks, no hot loop, then all is sent."""
    clock = f"{machine_now():%Y-%m-%dT%H:%MZ}@0"
    script = {"CONNECT": Step(451, "come back later", drop=True)}
    settings = {"ROLLOUT_CLOCK": clock}
    with (
        PythonSink(script) as sink,
        play.scene(Plan(4, 10), sink=sink, settings=settings) as scene,
    ):
        _pass(scene, MINUTES)
        knocks = sink.connections
        [(attempts,)] = scene.house.rows("SELECT max(attempt) FROM delivery")
        assert 4 <= knocks <= KNOCKS * CONNECTIONS, f"{knocks} connections in two hours"
        assert int(str(attempts)) <= 10, attempts
        assert set(scene.house.states()) == {"due"}, scene.house.states()
        sink.tell("CONNECT", Step())
        _pass(scene, 31)
        assert set(scene.house.states()) == {"sent"}, scene.house.states()
        return judge(scene, note=f"{knocks} connections in 2 h of 4xx")


def _pass(scene: Scene, minutes: int) -> None:
    """So many minutes, with a sweep in each, as fast as they can be played."""
    file = scene.folder / "clock"
    if not file.exists():
        file.write_text("0")
    command = (sys.executable, "-m", "tests.faults.shifted", str(file))
    run(("pass", str(minutes)), scene.env, scene.folder, command=command)


def puts_off(play: Play) -> Result:
    """F12: 4xx to every letter: each is tried once, then only after its back-off."""
    times = 5 if play.long else 2
    with (
        PythonSink({"RCPT": Step(450, "later")}) as sink,
        play.scene(Plan(2, 10), sink=sink) as scene,
    ):
        for number in range(1, times + 1):
            for _ in range(2):
                scene.tick()
            tries = scene.house.rows("SELECT DISTINCT attempt FROM delivery")
            assert tries == [(number,)], f"tries {tries} after {number} back-offs"
            scene.minutes_pass()
        sink.tell("RCPT", Step())
        scene.tick()
        assert set(scene.house.states()) == {"sent"}, scene.house.states()
        return judge(scene, note=f"{times} back-offs of every letter")


def refuses_one(play: Play) -> Result:
    """F13: 5xx for one address fails that letter alone."""
    many = 4 if play.long else 1  # five in a row say that the server refuses everything
    script = {"RCPT": [Step(), Step(), *[Step(550, "no such user")] * many]}
    with PythonSink(script) as sink, play.scene(Plan(5, 10), sink=sink) as scene:
        scene.tick()
        states = scene.house.states()
        assert states == {"failed": many, "sent": scene.house.plan.letters - many}, states
        return judge(scene, note=f"{many} of {scene.house.plan.letters} refused")


def dawdles(play: Play) -> Result:
    """F14: a server that does not answer in time costs that letter a while and the others none."""
    phases = ("MAIL", "RCPT", "DATA") if play.long else ("DATA",)
    script = {phase: [Step(), Step(wait=60)] for phase in phases}
    with PythonSink(script) as sink:
        settings = {"ROLLOUT_MAIL": f"{sink.url}&timeout=2"}
        with play.scene(Plan(5, 10), sink=sink, settings=settings) as scene:
            began = time.monotonic()
            sweeps = scene.ticks_until_done()
            took = time.monotonic() - began
            assert took < DAWDLED * sweeps, f"{took:.0f} s in {sweeps} sweeps, timeout=2"
            return judge(scene, note=f"no reply at {', '.join(phases)}; {sweeps} sweeps")


def hangs_up_after_the_dot(play: Play) -> Result:
    """F15: the connection dies after the dot: uncertain, and never sent again by itself."""
    drops = 10 if play.long else 3
    script = {".": [Step(), *[Step(drop=True)] * drops]}
    with PythonSink(script) as sink, play.scene(Plan(5, 10), sink=sink) as scene:
        scene.ticks_until_done()
        states = scene.house.states()
        assert states.get("uncertain") == drops, states
        before = len(sink.received)
        scene.minutes_pass()
        scene.tick()
        assert len(sink.received) == before, "something was sent again"
        return judge(scene, uncertain=drops, note=f"{drops} hang-ups after the dot")


def quit_fails(play: Play) -> Result:
    """F16: QUIT fails after 250: the letters are sent."""
    with play.scene(Plan(5, 10), "-q", "QUIT") as scene:
        scene.tick()
        scene.tick()
        assert set(scene.house.states()) == {"sent"}, scene.house.states()
        return judge(scene)
