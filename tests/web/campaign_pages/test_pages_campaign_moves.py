"""A campaign is approved by a second person and moved on by its buttons."""

from campaigns import launch, register
from campaigns.errors import Conflict
from campaigns.models import Campaign, JournalEntry
from campaigns.models.campaign import CAMPAIGN_STATES
from campaigns.rules.campaign_moves import MOVES
from campaigns.rules.records import ChangeRecord
from tests.kit import (
    ADA,
    Office,
    add_customer,
    open_campaign,
)
from tests.web.campaign_pages.campaign_kit import FORM, buttons, opened, put, state
from tests.web.desk_kit import Desk, Face, face, field_error
from tests.web.engines import ON_SQLITE

pytestmark = ON_SQLITE


def test_a_second_person_approves(house: Face, ada: Desk) -> None:
    number = opened(ada.post("/campaigns/new", **FORM))
    text = ada.text(f"/campaigns/{number}")
    assert "approve" not in buttons(text)
    assert "somebody else has to approve it" in text
    assert ada.post(f"/campaigns/{number}/approve").status_code == 403
    bo = house.desk("Bo")
    assert buttons(bo.text(f"/campaigns/{number}")) == {"approve"}
    assert bo.post(f"/campaigns/{number}/approve").status_code == 303
    assert state(house, number) == "approved"


def test_in_a_one_person_shop_the_opener_approves(office: Office) -> None:
    add_customer(office)
    number = open_campaign(office, start=False)
    alone = face(office, two_person=False).desk("Ada")
    assert "approve" in buttons(alone.text(f"/campaigns/{number}"))
    assert alone.post(f"/campaigns/{number}/approve").status_code == 303


def test_a_change_without_a_date_cannot_be_approved(house: Face, ada: Desk) -> None:
    with house.office.store.writing() as session:
        row = ChangeRecord("undated", "Adobe", "Nobody knows when")
        register.import_changes(session, [row], who=ADA, now=house.office.now)
    number = opened(ada.post("/campaigns/new", **{**FORM, "change": "undated"}))
    page = house.desk("Bo").post(f"/campaigns/{number}/approve")
    assert page.status_code == 409
    assert "has no date yet" in page.text
    assert "date needed" in ada.text(f"/campaigns/{number}")
    ahead = ada.text(f"/campaigns/{number}/rehearsal")
    assert "has no date yet" in ahead
    assert 'href="/changes/undated"' in ahead


def test_a_campaign_goes_through_its_life_by_its_buttons(house: Face, ada: Desk) -> None:
    number = open_campaign(house.office, start=False)
    house.desk("Bo").post(f"/campaigns/{number}/approve")
    dana = house.desk("Dana")
    assert "Start now" in dana.text(f"/campaigns/{number}/start")
    assert state(house, number) == "approved"
    for move, after in (("start", "running"), ("hold", "held"), ("resume", "running")):
        page = dana.post(f"/campaigns/{number}/{move}", why="the vendor wavers")
        assert page.status_code == 303
        assert state(house, number) == after
        if after == "held":
            assert "On hold: the vendor wavers" in dana.text(f"/campaigns/{number}")
    house.office.later(hours=2)
    assert len(house.office.mail.letters) == 2
    assert "This cannot be taken back" in dana.text(f"/campaigns/{number}/finish")
    dana.post(f"/campaigns/{number}/finish")
    assert state(house, number) == "finished"
    assert dana.post(f"/campaigns/{number}/resume").status_code == 409
    with house.office.store.reading() as session:
        said = [e.what for e in session.query(JournalEntry).filter_by(who="dana@harbor.example")]
    assert [word for word in said if word.startswith("campaign_")] == [
        "campaign_started",
        "campaign_held",
        "campaign_resumed",
        "campaign_finished",
    ]


def test_every_state_shows_what_it_allows_and_nothing_else(house: Face) -> None:
    number = open_campaign(house.office, start=False)
    dana, bo = house.desk("Dana"), house.desk("Bo")
    for word in CAMPAIGN_STATES:
        put(house, number, word)
        allowed = {move.name for move in MOVES if word in move.allowed}
        assert buttons(dana.text(f"/campaigns/{number}")) == allowed - {"approve"}
        assert buttons(bo.text(f"/campaigns/{number}")) == allowed & {"approve"}


def test_the_table_of_moves_is_what_the_domain_allows(house: Face) -> None:
    number = open_campaign(house.office, start=False)
    now = house.office.now
    doing = {
        "approve": lambda s, c: launch.approve(s, c, who=ADA, now=now, two_person=False),
        "start": lambda s, c: launch.start(s, c, who=ADA, now=now),
        "hold": lambda s, c: launch.hold(s, c, why="", who=ADA, now=now),
        "resume": lambda s, c: launch.resume(s, c, who=ADA, now=now),
        "finish": lambda s, c: launch.finish(s, c, who=ADA, now=now),
        "cancel": lambda s, c: launch.cancel(s, c, who=ADA, now=now),
    }
    for word in CAMPAIGN_STATES:
        for move in MOVES:
            put(house, number, word)
            try:
                with house.office.store.writing() as session:
                    doing[move.name](session, session.get_one(Campaign, number))
                went = True
            except Conflict:
                went = False
            assert went == (word in move.allowed), (word, move.name)


def test_a_question_that_came_too_late_says_so(house: Face, ada: Desk) -> None:
    number = open_campaign(house.office)
    assert "cannot be done now" in ada.text(f"/campaigns/{number}/start")
    assert ada.post(f"/campaigns/{number}/start").status_code == 409


def test_a_reason_that_is_too_long_is_said_at_its_field(house: Face, ada: Desk) -> None:
    number = open_campaign(house.office)
    page = ada.post(f"/campaigns/{number}/hold", why="x" * 401)
    assert page.status_code == 422
    assert field_error(page, "why")
    assert state(house, number) == "running"
