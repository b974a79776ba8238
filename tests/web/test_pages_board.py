"""The board and its tasks, as the people of Harbor IT use them."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from campaigns.boards import board
from campaigns.journal import verify
from campaigns.models import Contact, Freeze, JournalEntry, Rollout, Task
from tests.kit import Office, add_customer, agree_on, open_campaign, rows_of
from tests.web.board_kit import (
    NASTY,
    at_work,
    contents,
    forms_on,
    in_path,
    northwind,
    open_day,
    stranger,
    words_on,
)


def switching(office: Office) -> tuple[int, int]:
    """It is the agreed day; the rollout and the task to switch on."""
    _, rollout = northwind(office)
    with office.store.writing() as session:
        session.get_one(Rollout, rollout).state = "implementing"
        task = Task(
            dedupe_key="today",
            kind="switch-on",
            title="Northwind Dental: Switch on",
            text="At the agreed time.",
            rollout_id=rollout,
            due=office.now,
            created_at=office.now,
        )
        session.add(task)
        session.flush()
        return rollout, task.id


def journal(office: Office) -> list[tuple[str, str]]:
    with office.store.reading() as session:
        assert verify(session) == []
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.id))
        return [(e.what, e.who) for e in entries]


def test_an_empty_house_says_what_to_do_first(office: Office, app: Flask) -> None:
    page = at_work(office, app, "Dana").get("/")
    words = words_on(page)
    order = [words.index(step) for step in ("Import your customers", "Import their contacts",
             "Take in a vendor change", "Open a campaign")]  # fmt: skip
    assert order == sorted(order)
    assert "Nothing needs you today." in words


def test_the_first_steps_go_once_there_is_a_campaign(office: Office, app: Flask) -> None:
    northwind(office)
    words = words_on(at_work(office, app, "Dana").get("/"))
    assert "Start here" not in words
    assert "MFA for everyone" in words
    assert "0 of 5 ready, 5 unknown" in words


def test_an_account_manager_finds_the_own_customers_and_can_ask_for_them_alone(
    office: Office, app: Flask
) -> None:
    add_customer(office)
    add_customer(office, "Harbour Legal", manager="tess@harbor.example")
    open_campaign(office)
    office.later(days=40)
    dana = at_work(office, app, "Dana")
    everybody, mine = words_on(dana.get("/?all=1")), words_on(dana.get("/?mine=1&all=1"))
    assert "Northwind Dental: Phone for a date" in mine
    assert "Harbour Legal" in everybody
    assert "Harbour Legal" not in mine
    assert everybody.index("Northwind Dental: Phone") < everybody.index("Harbour Legal: Phone")


def test_looking_at_the_board_changes_nothing(office: Office, app: Flask) -> None:
    northwind(office)
    tess = at_work(office, app, "Tess")
    before = contents(office)
    assert tess.get("/").status_code == 200
    assert contents(office) == before


def test_a_technician_ticks_a_task_off_and_takes_it_back(office: Office, app: Flask) -> None:
    add_customer(office)
    open_campaign(office)
    office.later(days=40)
    tess = at_work(office, app, "Tess")
    with office.store.reading() as session:
        task = session.scalars(select(Task).where(Task.rollout_id.is_not(None))).first()
        assert task is not None
    page = tess.follow(f"/tasks/{task.id}/done", back="/?mine=1")
    assert f"Done: {task.title}." in words_on(page)
    assert f"/tasks/{task.id}/undone" in forms_on(page)
    with office.store.reading() as session:
        done = session.get_one(Task, task.id)
        assert (done.done_by, done.done_at) == ("tess@harbor.example", office.now)
    assert f"Open again: {task.title}." in words_on(tess.follow(f"/tasks/{task.id}/undone"))
    steps = [what for what, _ in journal(office) if what.startswith("task_")]
    assert steps == ["task_done", "task_undone"]


def test_a_task_is_done_once_and_the_second_hears_by_whom(office: Office, app: Flask) -> None:
    _, task = switching(office)
    assert at_work(office, app, "Tess").post(f"/tasks/{task}/done").status_code == 303
    again = at_work(office, app, "Dana").post(f"/tasks/{task}/done")
    assert again.status_code == 409
    assert "was done already, by tess@harbor.example" in words_on(again)
    tess = at_work(office, app, "Tess")
    assert tess.post(f"/tasks/{task}/undone").status_code == 303
    assert tess.post(f"/tasks/{task}/undone").status_code == 409


def test_the_day_itself_hands_the_switch_to_staff(office: Office, app: Flask) -> None:
    _, rollout = northwind(office)
    agreement = agree_on(office, rollout, open_day(office, rollout))
    assert agreement.instant is not None
    office.until(agreement.instant + timedelta(hours=1))
    tess = at_work(office, app, "Tess")
    assert "Northwind Dental: Switch on" in words_on(tess.get("/?all=1"))
    task = rows_of(office, "SELECT id FROM task WHERE kind = 'switch-on'")[0][0]
    tess.follow(f"/tasks/{task}/done")
    assert rows_of(office, "SELECT state FROM rollout") == [("implemented",)]


def test_switching_on_makes_the_rollout_implemented_until_it_is_taken_back(
    office: Office, app: Flask
) -> None:
    rollout, task = switching(office)
    tess = at_work(office, app, "Tess")

    def state() -> str:
        with office.store.reading() as session:
            return session.get_one(Rollout, rollout).state

    tess.follow(f"/tasks/{task}/done")
    assert state() == "implemented"
    tess.follow(f"/tasks/{task}/undone")
    assert state() == "implementing"
    tess.follow(f"/tasks/{task}/done")
    with office.store.writing() as session:
        session.execute(update(Rollout).values(state="verified"))
    refused = tess.post(f"/tasks/{task}/undone")
    assert (refused.status_code, state()) == (409, "verified")
    assert ("rollout_implemented", "tess@harbor.example") in journal(office)


def test_an_auditor_reads_and_has_no_buttons(office: Office, app: Flask) -> None:
    _, task = switching(office)
    otto = at_work(office, app, "Otto")
    page = otto.get("/")
    assert page.status_code == 200
    assert forms_on(page) == []
    assert "New campaign" not in words_on(page)
    for path in (f"/tasks/{task}/done", f"/tasks/{task}/undone", "/letters/x/again"):
        assert otto.post(path).status_code == 403


def test_strangers_are_sent_to_the_door_and_forms_without_their_token_are_refused(
    office: Office, app: Flask
) -> None:
    _, task = switching(office)
    tess = at_work(office, app, "Tess")
    before = contents(office)
    for path in ("/", "/search?q=kim", "/letters/x", "/letters/x/html"):
        answer = stranger(app).get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in")
    assert stranger(app).post(f"/tasks/{task}/done").status_code in (303, 400)
    assert tess.browser.post(f"/tasks/{task}/done").status_code == 400
    assert contents(office) == before


def test_the_way_back_stays_in_this_house(office: Office, app: Flask) -> None:
    _, task = switching(office)
    answer = at_work(office, app, "Tess").post(f"/tasks/{task}/done", back="//evil.example/")
    assert answer.headers["Location"] == "/"


def test_nonsense_is_refused_in_words_never_a_fault(office: Office, app: Flask) -> None:
    dana = at_work(office, app, "Dana")
    for bad in NASTY:
        query, safe = {"q": bad, "mine": bad, "all": bad}, in_path(bad)
        for path in ("/", "/search"):
            assert dana.browser.get(path, query_string=query).status_code == 200, bad
        for path in (f"/letters/{safe}", f"/letters/{safe}/html"):
            assert dana.get(path).status_code == 404, bad
        for path in (f"/tasks/{safe}/done", f"/letters/{safe}/again"):
            assert dana.post(path).status_code in (404, 405), bad


def test_each_risk_offers_the_quickest_way_out(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    dana = at_work(office, app, "Dana")
    assert "Name another contact" not in words_on(dana.get("/"))
    with office.store.writing() as session:
        session.execute(update(Contact).values(decision_maker=False))
    way = f'href="/customers/{customer}/contacts/new">Name another contact'
    assert way in dana.get("/").text
    assert dana.get(f"/customers/{customer}/contacts/new").status_code == 200
    assert way not in at_work(office, app, "Otto").get("/").text
    with office.store.writing() as session:
        session.execute(update(Contact).values(decision_maker=True))
        session.execute(update(Rollout).values(last_day=office.now.date() - timedelta(days=1)))
    where = f"/customers/{customer}/rollouts/{rollout}/date"
    assert f'href="{where}">Agree a date' in dana.get("/").text
    assert dana.get(where).status_code == 200


def test_the_fortnight_says_how_many_hours_are_left_and_why_a_day_is_closed(
    office: Office, app: Flask
) -> None:
    _, rollout = northwind(office)
    agree_on(office, rollout, open_day(office, rollout))
    first = office.now.date()
    with office.store.reading() as session:
        days = board(session, office.now, day_minutes=480).days
    assert len(days) == 14
    whole = max(load.free for load in days)
    assert whole % 480 == 0
    assert all(load.free == (0 if load.weekend else whole) for load in days if not load.booked)
    assert all(0 < load.free < whole for load in days if load.booked)
    workday = next(load.day for load in days if load.free == whole)
    with office.store.writing() as session:
        session.add(Freeze(starts=workday, ends=workday, reason="company day"))
    words = words_on(at_work(office, app, "Dana").get("/"))
    assert "freeze: company day" in words
    assert f"{whole // 60} h left" in words
    assert first == days[0].day


def test_where_no_evidence_can_tell_nobody_is_shown_as_unknown(office: Office, app: Flask) -> None:
    customer = add_customer(office)
    campaign = open_campaign(office, playbook="back-end-retirement")
    dana = at_work(office, app, "Dana")
    for path in ("/", f"/campaigns/{campaign}", f"/customers/{customer}"):
        words = words_on(dana.get(path))
        assert "unknown" not in words.split("Contacts (")[0], path
        assert " people" in words


def test_what_looks_like_a_button_and_leads_somewhere_is_a_link(office: Office, app: Flask) -> None:
    northwind(office)
    dana = at_work(office, app, "Dana")
    for path in ("/", "/customers", "/campaigns", "/campaigns/1", "/changes", "/imports"):
        assert 'role="button"' not in dana.get(path).text, path
