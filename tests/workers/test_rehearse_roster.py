"""What a rehearsal proposes keeps to technicians' hours and limits, as the run then does."""

from datetime import date, timedelta

from tests.campaigns.roster_kit import TESS, set_limits, take_off
from tests.kit import Office, add_customer, agree_on, open_campaign, open_days, rollout_id, sent
from workers.rehearse import rehearse

NAME = "MFA for everyone"


def proposals(office: Office) -> list[tuple[str, str]]:
    events = rehearse(office.rt, NAME).events
    return [(e.customer, e.subject) for e in events if e.step == "propose" and e.kind == "mail"]


def test_the_rehearsal_proposes_the_day_that_the_run_then_proposes(office: Office) -> None:
    add_customer(office, "First", people=1)
    add_customer(office, "Second", people=1)
    campaign = open_campaign(office)
    first, second = (rollout_id(office, campaign, name) for name in ("First", "Second"))
    days: list[date] = [d.day for d in open_days(office, first)]  # type: ignore[attr-defined]
    set_limits(office, campaign_day=1)
    agree_on(office, first, days[0])  # the limit keeps Second away from it
    take_off(office, TESS, days[1], days[1] + timedelta(days=1))
    free = [d.day for d in open_days(office, second)]  # type: ignore[attr-defined]
    assert free[0] not in (days[0], days[1])
    told = proposals(office)
    office.later(days=200)
    letters = [letter for letter in sent(office) if letter.step == "propose"]
    assert [subject for _, subject in told] == [letter.subject for letter in letters]
    assert letters
