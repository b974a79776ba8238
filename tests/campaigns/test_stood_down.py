"""Who said "not me" decides no more, and the board asks for somebody who does."""

from campaigns import boards, choice, deciding
from campaigns.agree import Chooser
from campaigns.boards.summary import summary
from campaigns.models import Campaign, Contact
from tests.campaigns.agree_kit import invited
from tests.kit import Office


def risks(office: Office) -> list[tuple[str, ...]]:
    with office.store.reading() as session:
        campaign = session.get_one(Campaign, 1)
        page = boards.campaign_view(session, campaign, office.now)
        board = summary(session, campaign, office.now)
        assert [line.risks for line in board.risky] == [
            line.risks for line in page.lines if line.risks
        ]
        return [line.risks for line in page.lines]


def test_a_customer_whose_only_decision_maker_stood_down_is_at_risk(office: Office) -> None:
    rollout = invited(office)
    assert risks(office) == [()]
    with office.store.writing() as session:
        case = choice.open_case(session, rollout, office.now, office.rt.day_minutes)
        [kim] = session.query(Contact).filter_by(decision_maker=True)
        who = Chooser(kim.name, "owner", kim.id)
        deciding.stand_down(session, case, kind="not_me", text="", chooser=who, now=office.now)
    assert risks(office) == [("no decision maker named",)]
