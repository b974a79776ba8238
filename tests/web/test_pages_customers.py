"""One customer's page, and who may do what there."""

from datetime import date

from flask import Flask
from sqlalchemy import select, update

from campaigns.models import (
    JournalEntry,
    Rollout,
    SelfReport,
)
from tests.kit import Office, add_customer, agree_on, rows_of, sent
from tests.people_kit import except_until, import_words, word_of
from tests.web.board_kit import (
    NASTY,
    at_work,
    contact,
    contents,
    everything,
    forms_on,
    in_path,
    northwind,
    open_day,
    stranger,
    words_on,
)


def test_the_page_tells_the_whole_story_and_changes_nothing(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    agree_on(office, rollout, open_day(office, rollout, 3))
    office.later(days=40)
    otto = at_work(office, app, "Otto")
    before = contents(office)
    page = otto.get(f"/customers/{customer}")
    assert contents(office) == before
    words = words_on(page)
    assert words.index("Ask for a date") < words.rindex("Agreed: ") < words.index("Today, ")
    assert words.index("Today, ") < words.index("It is tomorrow")
    for said in ("Kim Lee, owner (picked)", "Europe/Berlin", "chain verified", "decision maker"):
        assert said in words
    for letter in sent(office):
        assert f"/letters/{letter.delivery}" in page.text
    assert forms_on(page) == []


def test_people_stand_by_readiness_with_what_is_known_and_what_they_say(
    office: Office, app: Flask
) -> None:
    customer, rollout = northwind(office)
    home = "northwind-dental.example"
    import_words(office, word_of(f"eve0@{home}", 2), word_of(f"eve1@{home}", 0))
    campaign = rows_of(office, "SELECT id FROM campaign")[0][0]
    except_until(office, f"pat@{home}", campaign, date(2026, 8, 1))
    with office.store.writing() as session:
        eve = contact(office, f"eve1@{home}").id
        session.add(SelfReport(rollout_id=rollout, contact_id=eve, says="done", at=office.now))
    words = words_on(at_work(office, app, "Otto").get(f"/customers/{customer}"))
    assert "Eve 1 not registered, Mon 1 Jun 2026, graph says done" in words
    assert "Eve 0 usable, Mon 1 Jun 2026, graph" in words
    assert "Eve 2 no evidence yet" in words
    assert "Pat Ode until Sat 1 Aug 2026" in words
    rows = at_work(office, app, "Otto").get(f"/customers/{customer}/people.csv").text
    assert "Eve 1,eve1@northwind-dental.example,not_done,0" in rows


def test_an_altered_journal_is_shown_as_broken(office: Office, app: Flask) -> None:
    customer, _ = northwind(office)
    dana = at_work(office, app, "Dana")
    assert "chain verified" in words_on(dana.get(f"/customers/{customer}"))
    with office.store.writing() as session:
        session.execute(
            update(JournalEntry)
            .where(JournalEntry.chain == customer, JournalEntry.number == 1)
            .values(who="nobody")
        )
    assert "chain broken Entry 1 was altered." in words_on(dana.get(f"/customers/{customer}"))


def test_auditors_read_strangers_do_not_and_no_form_passes_without_its_token(
    office: Office, app: Flask
) -> None:
    _, pages, forms = everything(office)
    otto, dana = at_work(office, app, "Otto"), at_work(office, app, "Dana")
    before = contents(office)
    for path in pages:
        assert stranger(app).get(path).headers["Location"].startswith("/sign-in")
        assert dana.get(path).status_code == 200, path
    for path in pages[:4]:
        assert otto.get(path).status_code == 200
    for path in pages[4:]:
        assert otto.get(path).status_code == 403
    for path in forms:
        assert otto.post(path).status_code == 403, path
        assert dana.browser.post(path).status_code == 400, path
        assert dana.get(path).status_code in (200, 405), path
    assert contents(office) == before


def test_another_customers_things_are_not_to_be_had_here(office: Office, app: Flask) -> None:
    _, _, forms = everything(office)
    other = add_customer(office, "Harbour Legal")
    dana = at_work(office, app, "Dana")
    before = contents(office)
    form = {
        "version": "0",
        "date": "2026-09-08",
        "time": "18:00",
        "until": "2026-07-01",
        "name": "X",
        "email": "x@x.example",
        "reason": "r",
        "contact": "3",
        "campaign": "1",
    }
    for path in forms:
        foreign = f"/customers/{other}/" + path.split("/", 3)[3]
        if foreign.endswith(("/contacts", "/calendar")):
            continue
        assert dana.post(foreign, **form).status_code == 404, foreign
    assert contents(office) == before


def test_nonsense_is_refused_in_words_never_a_fault(office: Office, app: Flask) -> None:
    customer, pages, forms = everything(office)
    dana = at_work(office, app, "Dana")
    names = ("q", "manager", "sort", "after", "before", "all", "contact", "campaign")
    fields = ("version", "date", "time", "name", "email", "kind", "role", "locale", "reason",
              "until", "starts", "ends", "contact", "campaign")  # fmt: skip
    for bad in NASTY:
        for path in pages:
            query = dict.fromkeys(names, bad)
            answer = dana.browser.get(path.split("?")[0], query_string=query)
            assert answer.status_code in (200, 404), (path, bad)
        for path in forms:
            assert dana.post(path, **dict.fromkeys(fields, bad)).status_code < 500, (path, bad)
        for path in ("/customers/", f"/customers/{customer}/contacts/"):
            assert dana.get(path + in_path(bad)).status_code == 404
    with office.store.reading() as session:
        assert session.scalars(select(Rollout)).one().version == 0
