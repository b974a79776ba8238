"""A vendor moves: somebody looks, one approval, and nobody is told anything twice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaigns import launch, reviewing
from campaigns.boards.review import latest_review, review_view
from campaigns.errors import Conflict
from campaigns.models import Campaign, ChangeReview, Rollout, VendorChange
from campaigns.register import import_changes
from campaigns.register.changes import add_milestone, dates_stand, find_change
from campaigns.rules.calendar import DAY
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from tests.campaigns.agree_kit import free, invited
from tests.kit import ADA, BO, CHANGE, Office, agree_on, rows_of, sent


def says(office: Office, text: str = "It comes later.", **changed: object) -> None:
    """The vendor says something else an hour later."""
    record = replace(CHANGE, text=text, **changed)  # type: ignore[arg-type]  # as a test wants it
    with office.store.writing() as session:
        import_changes(session, [record], who=ADA, now=office.now)


def dated(day: date) -> tuple[MilestoneRecord, ...]:
    return (MilestoneRecord("starts", day, source="the vendor"),)


def states(office: Office) -> list[tuple[str]]:
    return rows_of(office, "SELECT state FROM change_review ORDER BY id")


def look(office: Office) -> tuple[dict[str, object], ...]:
    with office.store.reading() as session:
        review = latest_review(session, find_change(session, CHANGE.source_id))
        assert review is not None
        view = review_view(session, review, office.now, office.rt.day_minutes)
    return tuple(row.as_json() for row in view.rows)


def approve(office: Office) -> list[str | None]:
    with office.store.writing() as session:
        review = session.get_one(ChangeReview, states_id(office))
        done = reviewing.approve(
            session, review, who=BO, now=office.now, day_minutes=office.rt.day_minutes
        )
    return [line.outcome for line in done]


def states_id(office: Office) -> int:
    return int(rows_of(office, "SELECT max(id) FROM change_review")[0][0])


def agreed(office: Office, rollout: int) -> date | None:
    row = rows_of(
        office,
        "SELECT a.day FROM agreement a JOIN rollout r ON r.id = a.rollout_id "
        "AND r.version = a.version WHERE r.id = :id",
        id=rollout,
    )
    return date.fromisoformat(str(row[0][0])) if row else None


def vendor_day(office: Office) -> date:
    with office.store.reading() as session:
        day = session.get_one(Campaign, 1).vendor_day
    assert day is not None
    return day


def test_a_new_banner_opens_no_review_and_keeps_the_dates_that_people_typed(office: Office) -> None:
    invited(office)
    typed = MilestoneRecord("completes", date(2026, 12, 24), source="read by Ada")
    with office.store.writing() as session:
        add_milestone(session, find_change(session, CHANGE.source_id), typed, who=ADA,
                      now=office.now)  # fmt: skip
    says(office, text=f"Updated June 3, 2026: {CHANGE.text.upper()}")
    assert states(office) == []
    with office.store.reading() as session:
        change = find_change(session, CHANGE.source_id)
        assert change.revision == 2
    kinds = rows_of(office, "SELECT kind FROM milestone WHERE revision = 2 ORDER BY kind")
    assert ("completes",) in kinds


def test_without_a_campaign_there_is_nothing_to_look_at(office: Office) -> None:
    with office.store.writing() as session:
        import_changes(session, [CHANGE], who=ADA, now=office.now)
    says(office)
    assert states(office) == []


def test_a_vendor_that_takes_it_back_ends_the_review(office: Office) -> None:
    invited(office)
    says(office, modified_at=office.now)
    assert states(office) == [("open",)]
    says(office, text=CHANGE.text, modified_at=office.now + timedelta(hours=1))
    assert states(office) == [("gone",)]


def test_invitations_wait_while_the_review_is_open(office: Office) -> None:
    invited(office)
    office.later(days=1)
    before = len(sent(office))
    says(office, milestones=dated(vendor_day(office) + 100 * DAY))
    office.later(days=40)
    assert len(sent(office)) == before
    approve(office)
    office.later(days=20)
    assert len(sent(office)) > before


def test_a_date_that_is_too_late_is_proposed_an_earlier_day(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[-1]
    agree_on(office, rollout, day)
    says(office, milestones=dated(day - 20 * DAY))
    [row] = look(office)
    assert (row["finding"], row["choice"], row["chosen"]) == ("too late", "move", False)
    assert agreed(office, rollout) == day
    assert approve(office) == ["moved"]
    moved = agreed(office, rollout)
    assert moved is not None
    assert moved.isoformat() == row["new_date"]
    assert moved < day - 20 * DAY
    office.later(hours=1)
    steps = [one.step for one in sent(office)]
    assert steps.count("moved") == 1


def test_a_date_that_is_kept_although_too_late_is_a_call_and_no_letter(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[-1]
    agree_on(office, rollout, day)
    says(office, milestones=dated(day - 20 * DAY))
    with office.store.writing() as session:
        review = session.get_one(ChangeReview, states_id(office))
        reviewing.choose(
            session, review, session.get_one(Rollout, rollout), move_to=None, at=None, who=ADA,
            now=office.now, day_minutes=office.rt.day_minutes,
        )  # fmt: skip
    assert approve(office) == ["kept"]
    assert agreed(office, rollout) == day
    assert rows_of(office, "SELECT count(*) FROM task WHERE kind = 'too_late'") == [(1,)]
    office.later(hours=30)
    assert not [one for one in sent(office) if one.step.startswith("vendor-moved")]


def test_a_date_that_stands_is_said_to_stand_once_a_move(office: Office) -> None:
    rollout = invited(office)
    agree_on(office, rollout, free(office, rollout)[-1])
    for times, days in ((1, 10), (2, 20)):
        says(office, text=f"Later by {days} days.", milestones=dated(vendor_day(office) + DAY * 10))
        assert approve(office) == ["kept"]
        office.later(days=2)
        notes = [one for one in sent(office) if one.step.startswith("vendor-moved")]
        assert len(notes) == times


def test_the_second_approval_is_refused_and_changes_nothing(office: Office) -> None:
    rollout = invited(office)
    agree_on(office, rollout, free(office, rollout)[-1])
    says(office, milestones=dated(vendor_day(office) + 10 * DAY))
    approve(office)
    with pytest.raises(Conflict, match="decided this review already"):
        approve(office)


def test_a_day_that_is_gone_by_then_is_kept_with_the_reason(office: Office) -> None:
    rollout = invited(office)
    days = free(office, rollout)
    agree_on(office, rollout, days[-1])
    says(office, milestones=dated(vendor_day(office) + 10 * DAY))
    with office.store.writing() as session:
        review = session.get_one(ChangeReview, states_id(office))
        reviewing.choose(
            session, review, session.get_one(Rollout, rollout),
            move_to=office.now.date() - DAY, at=None, who=ADA,
            now=office.now, day_minutes=office.rt.day_minutes,
        )  # fmt: skip
    assert approve(office) == ["refused"]
    assert agreed(office, rollout) == days[-1]
    [(reason,)] = rows_of(office, "SELECT reason FROM review_line")
    assert "cannot be had" in reason


def test_the_old_dates_can_be_said_to_hold_for_the_new_words(office: Office) -> None:
    invited(office)
    old = vendor_day(office)
    says(office, milestones=())
    with pytest.raises(Conflict, match="no date by its new words"):
        approve(office)
    with office.store.writing() as session:
        dates_stand(session, find_change(session, CHANGE.source_id), who=ADA, now=office.now)
    approve(office)
    assert vendor_day(office) == old


def test_a_typed_date_that_moves_the_vendors_day_opens_a_review(office: Office) -> None:
    invited(office)
    add = MilestoneRecord("action-by", vendor_day(office) - 9 * DAY, source="read by Ada")
    with office.store.writing() as session:
        add_milestone(session, find_change(session, CHANGE.source_id), add, who=ADA, now=office.now)
    assert states(office) == [("open",)]


def test_on_hold_by_the_vendor_stops_every_letter_and_keeps_the_dates(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[0]
    agree_on(office, rollout, day)
    office.later(hours=1)
    before = len(sent(office))
    hold = MilestoneRecord("on-hold", None, source="text")
    says(office, milestones=(*CHANGE.milestones, hold))
    office.later(days=(day - office.now.date()).days + 5)
    assert len(sent(office)) == before
    assert agreed(office, rollout) == day
    with office.store.writing() as session:
        campaign = session.get_one(Campaign, 1)
        assert campaign.state == "on_hold_by_vendor"
        with pytest.raises(Conflict, match="on hold"):
            launch.resume(session, campaign, who=ADA, now=office.now)


def test_an_older_state_that_comes_in_late_opens_no_review(office: Office) -> None:
    said = office.now
    change: ChangeRecord = replace(CHANGE, modified_at=said)
    with office.store.writing() as session:
        import_changes(session, [change], who=ADA, now=office.now)
    invited(office)
    says(office, "What it said before.", modified_at=said - timedelta(days=90))
    assert states(office) == []
    with office.store.reading() as session:
        assert session.get_one(VendorChange, 1).text == CHANGE.text
