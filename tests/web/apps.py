"""Apps are built once a process: their routes and templates are the same for every test.

A test has the apps that it asks for to itself; tests/web/conftest.py takes them back.
"""

from collections import defaultdict
from collections.abc import Callable

from flask import Flask

from rollout import current, outlooks
from rollout.settings import Settings
from rollout.web import create_app
from workers.runtime import Runtime

Make = Callable[[Runtime, Settings], Flask]
Key = tuple[Make, str]
_free: dict[Key, list[Flask]] = defaultdict(list)
_lent: list[tuple[Key, Flask]] = []


def lend_app(runtime: Runtime, settings: Settings, make: Make = create_app) -> Flask:
    """What `make` makes of the two. Where the data lies plays no part in the making."""
    key = make, settings.model_dump_json(exclude={"data"})
    app = _free[key].pop() if _free[key] else make(runtime, settings)
    current.install(app, runtime, settings)
    _lent.append((key, app))
    return app


def take_back() -> None:
    """The test is over: the next one may have its apps."""
    while _lent:
        key, app = _lent.pop()
        _free[key].append(app)
    outlooks._known.clear()  # the next test's rows have the same numbers
