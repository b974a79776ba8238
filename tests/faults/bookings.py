"""F11, F23, F24: many want the last place, one clicks twice, the pool runs dry."""

import secrets
from datetime import date

from campaigns import choice
from tests.faults.browsers import Act, Web, at_once, serve, slowest, statuses
from tests.faults.house import Plan
from tests.faults.result import Result, judge
from tests.faults.scene import Scene
from tests.faults.stage import Play

P99 = 1.0  # seconds, on a machine that does nothing else
P99_BUSY = 10.0
PATIENT = 5.0
NEEDED = 10  # minutes that one customer takes, by the playbook of house.py


def last_place(play: Play) -> Result:
    """F23: two hundred want the one place of a day at the same moment: one gets it."""
    rounds, rivals = (20, 200) if play.long else (2, 60)
    with play.scene(Plan(rivals, 1), settings={"ROLLOUT_DAY_MINUTES": str(NEEDED)}) as scene:
        web = serve(scene)
        customers, all_of_them, worst = web.customers(), [], 0.0
        for day in _open_days(scene, rounds):
            versions = web.versions()
            answers = at_once([Act(web, one, day, versions[one.rollout]) for one in customers])
            assert statuses(answers) == {303: 1, 409: rivals - 1}, _odd(answers)
            assert all("was just taken" in a.text or "changed the date" in a.text
                       for a in answers if a.status == 409)  # fmt: skip
            all_of_them += answers
            worst = max(worst, slowest(answers))
        p99 = slowest(all_of_them)
        assert p99 <= (P99 if play.long else P99_BUSY), f"p99 is {p99:.2f} s"
        note = (
            f"{rounds} x {rivals} for one place, p99 {p99:.2f} s, of the worst round {worst:.2f} s"
        )
        return judge(scene, runs=rounds, open_is_fine=True, note=note)


def _odd(answers: object) -> str:
    odd = [a for a in answers if a.status not in (303, 409)]  # type: ignore[attr-defined]
    return f"{statuses(answers)} {[a.text[:300] for a in odd[:2]]}"  # type: ignore[arg-type]


def _open_days(scene: Scene, many: int) -> list[date]:
    """Days that nobody has yet, the latest first."""
    house = scene.house
    with house.store.reading() as session:
        case = choice.open_case(session, house.rollouts()[0], house.now, NEEDED)
        days = [day.day for day in choice.offers(session, case) if day.verdict.open]
    taken = {row[0] for row in house.rows("SELECT day FROM technician_day")}
    return [day for day in reversed(days) if day not in taken][:many]


def double_click(play: Play) -> Result:
    """F24: fifty times the same form at once is one booking, one entry, one answer."""
    rounds, clicks = (20, 50) if play.long else (2, 30)
    with play.scene(Plan(1, 1)) as scene:
        web = serve(scene)
        [customer] = web.customers()
        for day in _open_days(scene, rounds):
            version, key = web.versions()[customer.rollout], secrets.token_hex(16)
            answers = at_once([Act(web, customer, day, version, key)] * clicks)
            assert statuses(answers) == {303: clicks}, _odd(answers)
            assert web.versions()[customer.rollout] == version + 1
        booked = scene.house.rows("SELECT count(*) FROM booking")
        noted = scene.house.rows("SELECT count(*) FROM journal_entry WHERE what = 'date_agreed'")
        # The first date of the house itself was agreed like this, too.
        assert booked == noted == [(rounds + 1,)], (booked, noted)
        note = f"{rounds} x {clicks} presses of one button"
        return judge(scene, runs=rounds, open_is_fine=True, note=note)


def pool_runs_dry(play: Play) -> Result:
    """F11: more requests than connections wait a bounded time; none is left in a transaction."""
    rounds, clients = (10, 300) if play.long else (1, 120)
    with play.scene(Plan(min(clients, 60), 1)) as scene:
        web = serve(scene, "--workers", "1", "--threads", "64")
        customers, worst = web.customers(), 0.0
        for day in _open_days(scene, rounds):
            versions = web.versions()
            crowd = (customers * (clients // len(customers) + 1))[:clients]
            answers = at_once([Act(web, one, day, versions[one.rollout]) for one in crowd])
            assert set(statuses(answers)) <= {303, 409, 503}, _odd(answers)
            worst = max(worst, slowest(answers))
        assert worst <= (PATIENT if play.long else 3 * PATIENT), f"p99 is {worst:.2f} s"
        scene.until(lambda: not _in_transaction(web), "no connection is left in a transaction", 30)
        return judge(scene, runs=rounds, open_is_fine=True, note=f"p99 {worst:.2f} s")


def _in_transaction(web: Web) -> list[tuple[object, ...]]:
    return web.scene.house.rows(
        """SELECT pid, state, query FROM pg_stat_activity
           WHERE datname = current_database() AND state LIKE 'idle in transaction%'"""
    )
