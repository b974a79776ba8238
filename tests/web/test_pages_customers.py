"""Customers: the table, one customer's page, and what staff does there."""

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest
from flask import Flask
from sqlalchemy import select, update

from campaigns.journal import verify
from campaigns.models import (
    Agreement,
    Contact,
    Customer,
    CustomerLink,
    Exemption,
    FormerAddress,
    Freeze,
    JournalEntry,
    Rollout,
    SelfReport,
)
from tests.kit import (
    Office,
    add_customer,
    agree_on,
    except_until,
    import_words,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
    sent,
    word_of,
)
from tests.web.board_kit import NASTY, Person, at_work, contents, face, forms_on, stranger, words_on


@pytest.fixture
def app(office: Office, tmp_path: Path) -> Flask:
    return face(office, tmp_path)


def northwind(office: Office) -> tuple[int, int]:
    """Northwind Dental, invited: the customer and the rollout."""
    customer = add_customer(office)
    rollout = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    return customer, rollout


def contact(office: Office, email: str) -> Contact:
    with office.store.reading() as session:
        return session.scalars(select(Contact).where(Contact.email == email)).one()


def steps(office: Office, customer: int) -> list[str]:
    """What the customer's journal says, the sealed letters left out; the chain must hold."""
    with office.store.reading() as session:
        assert verify(session) == []
        found = session.scalars(
            select(JournalEntry).where(JournalEntry.chain == customer).order_by(JournalEntry.number)
        )
        return [entry.what for entry in found]


def many(office: Office, count: int) -> None:
    with office.store.writing() as session:
        for n in range(count):
            name = f"Customer {n:03}"
            session.add(
                Customer(
                    name=name,
                    folded_name=name.casefold(),
                    timezone="Europe/Berlin",
                    account_manager="tess@harbor.example" if n % 4 == 0 else None,
                    created_at=office.now,
                )
            )


def names_on(person: Person, path: str) -> list[str]:
    table = csv.reader(io.StringIO(person.get(path).text))
    return [row[0] for row in table][1:]


# The table


def test_an_empty_table_says_what_to_do_first(office: Office, app: Flask) -> None:
    page = at_work(office, app, "Dana").get("/customers")
    assert "There are no customers yet. Import a CSV file" in words_on(page)
    assert 'href="/imports?kind=customers"' in page.text


def test_each_customer_shows_its_people_and_open_campaigns(office: Office, app: Flask) -> None:
    customer, _ = northwind(office)
    page = at_work(office, app, "Otto").get("/customers")
    words = words_on(page)
    assert "Northwind Dental Berlin managed dana@harbor.example 5 MFA for everyone invited" in words
    assert f'href="/customers/{customer}"' in page.text


def test_words_and_manager_narrow_the_table(office: Office, app: Flask) -> None:
    add_customer(office)
    add_customer(office, "Harbour Legal", manager=None)
    dana = at_work(office, app, "Dana")
    for query in ("q=NORTHWIND", "q=dental.example", "manager=dana@harbor.example"):
        words = words_on(dana.get(f"/customers?{query}"))
        assert "Northwind Dental" in words, query
        assert "Harbour Legal" not in words, query
    assert "Harbour Legal" in words_on(dana.get("/customers?manager=-"))
    nothing = words_on(dana.get("/customers?q=zzz"))
    assert "No customer fits." in nothing


@pytest.mark.parametrize("sort", ["name", "-name", "manager", "-manager", "people", "-people"])
def test_paging_shows_every_customer_once_there_and_back(
    office: Office, app: Flask, sort: str
) -> None:
    many(office, 120)
    dana = at_work(office, app, "Dana")
    forward = walk(dana, f"/customers?sort={sort}", "next")
    names = [name for page in forward for name in page]
    assert [len(page) for page in forward] == [50, 50, 20]
    assert len(set(names)) == 120
    assert names == names_on(dana, f"/customers.csv?sort={sort}")
    last = f"/customers?sort={sort}&after={number_of(office, names[99])}"
    assert [name for page in reversed(walk(dana, last, "prev")) for name in page] == names


def walk(person: Person, path: str, direction: str) -> list[list[str]]:
    """The names on each page from `path` on, as long as a link leads further."""
    pages = []
    while path:
        tree = html5lib.parse(person.get(path).text, namespaceHTMLElements=False)
        pages.append([th.findtext("a") or "" for th in tree.findall(".//tbody//th")])
        links = [a.get("href") for a in tree.findall(".//a") if a.get("rel") == direction]
        path = links[0] if links else ""
    return pages


def number_of(office: Office, name: str) -> int:
    return int(rows_of(office, "SELECT id FROM customer WHERE name = :name", name=name)[0][0])


def test_no_cell_of_the_csv_is_a_formula(office: Office, app: Flask) -> None:
    add_customer(office, '=HYPERLINK("http://evil.example")', domain="evil.example")
    dana = at_work(office, app, "Dana")
    answer = dana.get("/customers.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.csv"'
    (name,) = names_on(dana, "/customers.csv")
    assert name.startswith("'=")


# One customer


def test_the_page_tells_the_whole_story_and_changes_nothing(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    agree_on(office, rollout, open_days(office, rollout)[3].day)
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


def test_a_customer_without_campaign_or_people_has_a_page(office: Office, app: Flask) -> None:
    many(office, 1)
    customer = number_of(office, "Customer 000")
    words = words_on(at_work(office, app, "Dana").get(f"/customers/{customer}"))
    assert "This customer is in no campaign yet." in words
    assert "Nobody is on the list yet." in words


# Dates and links


def test_a_date_agreed_by_phone_is_booked_once(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    tess = at_work(office, app, "Tess")
    where = f"/customers/{customer}/rollouts/{rollout}"
    assert "Open without asking" in words_on(tess.get(f"{where}/date"))
    form = {"version": "0", "date": str(open_days(office, rollout)[2].day), "time": "12:30"}
    page = tess.follow(f"{where}/date", **form)
    assert "The confirmation goes out now." in words_on(page)
    assert tess.post(f"{where}/date", **form).status_code == 303
    with office.store.reading() as session:
        (made,) = session.scalars(select(Agreement)).all()
    assert (made.how, made.by_name, made.by_role, made.by_staff) == (
        "by_staff",
        "Tess Ruiz",
        "technician",
        "tess@harbor.example",
    )
    assert steps(office, customer).count("date_agreed") == 1


def test_a_date_that_cannot_be_had_comes_back_to_its_field(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/rollouts/{rollout}/date"
    sunday = dana.post(where, version="0", date="2026-09-06", time="18:00")
    assert sunday.status_code == 409
    assert "cannot be had. Weekend." in words_on(sunday)
    assert 'value="2026-09-06"' in sunday.text
    assert 'aria-invalid="true"' in sunday.text
    agree_on(office, rollout, open_days(office, rollout)[0].day)
    stale = dana.post(where, version="0", date=str(open_days(office, rollout)[4].day), time="18:00")
    assert stale.status_code == 409
    assert "The date changed while this page was open." in words_on(stale)
    with office.store.reading() as session:
        assert len(session.scalars(select(Agreement)).all()) == 1


def test_a_withdrawn_date_is_free_again(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    agree_on(office, rollout, open_days(office, rollout)[0].day)
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/rollouts/{rollout}/withdraw"
    assert where in forms_on(dana.get(where.replace("withdraw", "date")))
    dana.follow(where, version="1")
    assert dana.post(where, version="1").status_code == 303
    assert rows_of(office, "SELECT taken FROM technician_day WHERE taken > 0") == []
    assert steps(office, customer).count("date_withdrawn") == 1


def test_new_links_shut_the_old_ones_and_the_next_letters_carry_the_new(
    office: Office, app: Flask
) -> None:
    customer, rollout = northwind(office)
    old = paths(office, "/c/")
    tess = at_work(office, app, "Tess")
    guide = office.rt.links.row("guide", rollout, contact_id(office, "eve0"), 1, office.now)
    with office.store.writing() as session:
        session.add(CustomerLink(**guide))
    tess.follow(f"/customers/{customer}/rollouts/{rollout}/links")
    assert live(office, rollout) == {("choose", 2), ("guide", 1), ("guide", 2)}
    assert stranger(app).get(old[-1]).status_code == 404
    tess.follow(f"/customers/{customer}/rollouts/{rollout}/links", guides="1")
    assert live(office, rollout) == {("choose", 3), ("guide", 3)}
    office.later(days=8)
    fresh = paths(office, "/c/")[-1]
    assert fresh != old[-1]
    assert stranger(app).get(fresh).status_code == 200
    assert steps(office, customer).count("links_renewed") == 2


def contact_id(office: Office, person: str) -> int:
    return contact(office, f"{person}@northwind-dental.example").id


def live(office: Office, rollout: int) -> set[tuple[str, int]]:
    sql = "SELECT purpose, version FROM customer_link WHERE revoked_at IS NULL AND rollout_id = :r"
    return set(rows_of(office, sql, r=rollout))


def paths(office: Office, room: str) -> list[str]:
    """Paths of personal links in the letters that left, in order."""
    found = []
    for envelope in office.mail.letters:
        text = envelope.message.decode().replace("=\r\n", "").replace("=3D", "=")
        found += [
            urlsplit(url).path for url in re.findall(r"https://[^\s\"<]+", text) if room in url
        ]
    return found


# People


def test_an_exemption_needs_a_reason_and_a_day_and_ends_when_told(
    office: Office, app: Flask
) -> None:
    customer, rollout = northwind(office)
    campaign = rows_of(office, "SELECT campaign_id FROM rollout WHERE id = :r", r=rollout)[0][0]
    eve = contact_id(office, "eve0")
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/exemptions"
    asked = dana.get(f"{where}/new?contact={eve}&campaign={campaign}")
    assert "Except Eve 0" in words_on(asked)
    form = {"contact": eve, "campaign": campaign, "reason": "on leave", "until": "2026-07-01"}
    for missing, sentence in (
        ({"reason": " "}, "The reason is missing."),
        ({"until": ""}, "The last day is missing."),
        ({"until": "soon"}, "is not a date"),
        ({"until": "2026-05-01"}, "has to end on a day that is ahead"),
        ({"until": "9999-01-01"}, "check the year"),
    ):
        refused = dana.post(where, **{**form, **missing})
        assert refused.status_code == 422
        assert sentence in words_on(refused)
    page = dana.follow(where, **form)
    assert "Eve 0 is excepted until Wed 1 Jul 2026" in words_on(page)
    exemption = rows_of(office, "SELECT id FROM exemption")[0][0]
    assert f"{where}/{exemption}/end" in forms_on(page)
    dana.follow(f"{where}/{exemption}/end")
    assert dana.post(f"{where}/{exemption}/end").status_code == 409
    with office.store.reading() as session:
        ended = session.scalars(select(Exemption)).one()
    assert (ended.approved_by, ended.ended_at) == ("dana@harbor.example", office.now)
    assert steps(office, customer)[-2:] == ["excepted", "exception_ended"]


def test_a_colleague_is_added_with_roles_and_only_once(office: Office, app: Flask) -> None:
    customer, _ = northwind(office)
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/contacts"
    form = {"name": " Ana  Ruiz ", "email": "ANA@Northwind-Dental.example", "kind": "person"}
    page = dana.follow(where, **form, role=["decision_maker", "vip", "king"], locale="de-ch")
    assert "Ana Ruiz is on the list." in words_on(page)
    ana = contact(office, "ana@northwind-dental.example")
    assert (ana.name, ana.locale) == ("Ana Ruiz", "de-CH")
    assert (ana.decision_maker, ana.vip, ana.pilot, ana.kind) == (True, True, False, "person")
    again = dana.post(where, **form)
    assert again.status_code == 409
    assert "is on this customer's list already" in words_on(again)
    for wrong, sentence in (
        ({"email": "ana"}, "the @ is missing"),
        ({"email": ""}, "The mail address is missing."),
        ({"name": ""}, "The name is missing."),
        ({"kind": "robot"}, "choose one of"),
        ({"locale": "klingon"}, "klingon"),
        ({"name": "A\0na"}, "control character"),
    ):
        refused = dana.post(where, **{**form, "email": "new@x.example", **wrong})
        assert refused.status_code == 422, wrong
        assert sentence in words_on(refused)
    assert steps(office, customer)[-1] == "contact_added"


def test_a_new_address_keeps_the_old_one_and_lets_letters_out_again(
    office: Office, app: Flask
) -> None:
    customer, _ = northwind(office)
    kim = contact_id(office, "kim")
    with office.store.writing() as session:
        row = session.get_one(Contact, kim)
        row.suppressed_at, row.suppressed_why = office.now, "550 no such user"
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/contacts/{kim}"
    assert "550 no such user" in words_on(dana.get(where))
    form = {"name": "Kim Lee", "email": "kim.lee@northwind-dental.example", "kind": "person"}
    dana.follow(where, **form, role="decision_maker")
    changed = contact(office, form["email"])
    assert (changed.id, changed.suppressed_at, changed.decision_maker) == (kim, None, True)
    with office.store.reading() as session:
        former = session.scalars(select(FormerAddress)).one()
    assert former.email == "kim@northwind-dental.example"
    unchanged = dana.follow(where, **form, role="decision_maker")
    assert "Nothing was different" in words_on(unchanged)
    taken = dana.post(where, **{**form, "email": "pat@northwind-dental.example"})
    assert taken.status_code == 409
    assert steps(office, customer).count("contact_changed") == 1


def test_whoever_left_gets_no_letters_and_the_last_decider_is_missed(
    office: Office, app: Flask
) -> None:
    customer, _ = northwind(office)
    where = f"/customers/{customer}/contacts/{contact_id(office, 'kim')}"
    dana = at_work(office, app, "Dana")
    page = dana.follow(f"{where}/left")
    assert "Nobody who decides about the date is left" in words_on(page)
    assert f"{where}/back" in forms_on(page)
    assert dana.post(f"{where}/left").status_code == 409
    before = len(sent(office))
    office.later(days=10)
    assert len(sent(office)) == before
    dana = at_work(office, app, "Dana")
    dana.follow(f"{where}/back")
    assert dana.post(f"{where}/back").status_code == 409
    assert {"contact_left", "contact_back"} <= set(steps(office, customer))


def test_a_freeze_closes_days_and_names_the_date_that_lies_in_it(
    office: Office, app: Flask
) -> None:
    customer, rollout = northwind(office)
    day = open_days(office, rollout)[0].day
    agree_on(office, rollout, day)
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/freezes"
    form = {"starts": str(day), "ends": str(day + timedelta(days=3)), "reason": "office move"}
    page = dana.follow(where, **form)
    assert "Agreed already and still standing" in words_on(page)
    dana.follow(where, **form)
    with office.store.reading() as session:
        (freeze,) = session.scalars(select(Freeze)).all()
    assert day not in [one.day for one in open_days(office, rollout)]
    for wrong, sentence in (
        ({"ends": "2026-01-01"}, "The last day lies before the first."),
        ({"ends": "2029-01-01"}, "at most a year"),
        ({"starts": "x"}, "is not a date"),
        ({"reason": ""}, "The reason is missing."),
    ):
        refused = dana.post(where, **{**form, **wrong})
        assert refused.status_code == 422, wrong
        assert sentence in words_on(refused)
    gone = dana.follow(f"{where}/{freeze.id}/remove")
    assert where in forms_on(gone)
    assert dana.post(f"{where}/{freeze.id}/remove").status_code == 404
    assert steps(office, customer)[-2:] == ["freeze_added", "freeze_removed"]


# Who may what


def everything(office: Office) -> tuple[int, list[str], list[str]]:
    """Northwind's number, the pages that may be looked at, the forms that change something."""
    customer, rollout = northwind(office)
    campaign = rows_of(office, "SELECT campaign_id FROM rollout WHERE id = :r", r=rollout)[0][0]
    eve = contact_id(office, "eve0")
    home, at = f"/customers/{customer}", f"/customers/{customer}/rollouts/{rollout}"
    pages = [
        "/customers",
        "/customers.csv",
        home,
        f"{home}/people.csv",
        f"{at}/date",
        f"{home}/contacts/new",
        f"{home}/contacts/{eve}",
        f"{home}/freezes/new",
        f"{home}/exemptions/new?contact={eve}&campaign={campaign}",
    ]
    forms = [f"{at}/date", f"{at}/withdraw", f"{at}/links", f"{home}/contacts"]
    forms += [f"{home}/contacts/{eve}{verb}" for verb in ("", "/left", "/back")]
    forms += [f"{home}/freezes", f"{home}/freezes/1/remove"]
    return customer, pages, [*forms, f"{home}/exemptions", f"{home}/exemptions/1/end"]


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
    form = {"version": "0", "date": "2026-09-08", "time": "18:00", "name": "X", "email": "x@x.example",
            "reason": "r", "until": "2026-07-01", "contact": "3", "campaign": "1"}  # fmt: skip
    for path in forms:
        foreign = f"/customers/{other}/" + path.split("/", 3)[3]
        if foreign.endswith(("/contacts", "/freezes")):
            continue
        assert dana.post(foreign, **form).status_code == 404, foreign
    assert contents(office) == before


@pytest.mark.parametrize("bad", NASTY)
def test_nonsense_is_refused_in_words_never_a_fault(office: Office, app: Flask, bad: str) -> None:
    customer, pages, forms = everything(office)
    dana = at_work(office, app, "Dana")
    names = ("q", "manager", "sort", "after", "before", "all", "contact", "campaign")
    for path in pages:
        answer = dana.browser.get(path.split("?")[0], query_string=dict.fromkeys(names, bad))
        assert answer.status_code in (200, 404), path
    fields = ("version", "date", "time", "name", "email", "kind", "role", "locale", "reason",
              "until", "starts", "ends", "contact", "campaign")  # fmt: skip
    for path in forms:
        answer = dana.post(path, **dict.fromkeys(fields, bad))
        assert answer.status_code < 500, path
    safe = bad.replace("%", "%25").replace("\0", "%00").replace("/", "%2F") or "none"
    for path in (f"/customers/{safe}", f"/customers/{customer}/contacts/{safe}"):
        assert dana.get(path).status_code == 404
    with office.store.reading() as session:
        assert session.scalars(select(Rollout)).one().version == 0
