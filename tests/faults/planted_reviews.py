"""What is asked when a vendor moves: nothing before the approval, everything once after it."""

from tests.faults.mutation import CAMPAIGNS, Mutation

_REVIEWING = f"{CAMPAIGNS}/test_reviewing.py"
_RACE = f"{CAMPAIGNS}/test_reviewing_race.py"

REVIEWS = (
    Mutation(
        "one approval gets through",
        "campaigns/reviewing.py",
        '.where(ChangeReview.id == review.id, ChangeReview.state == "open")',
        ".where(ChangeReview.id == review.id)",
        (_REVIEWING, _RACE),
    ),
    Mutation(
        "what the vendor holds stops at once",
        "campaigns/revised.py",
        "        _hold(session, change, live, who, now)\n",
        "        pass\n",
        (_REVIEWING,),
    ),
    Mutation(
        "a campaign does not resume while the vendor holds the change",
        "campaigns/launch/moving.py",
        "if in_spite_of_vendor or not on_hold(milestones(session, change)):",
        "if True:",
        (_REVIEWING,),
    ),
    Mutation(
        "letters that name the vendor's date wait for the approval",
        "campaigns/contact/due.py",
        '    .where(ChangeReview.state == "open", Step.anchor.in_(BEFORE_AGREEMENT))\n',
        '    .where(ChangeReview.state == "none", Step.anchor.in_(BEFORE_AGREEMENT))\n',
        (_REVIEWING,),
    ),
    Mutation(
        "whoever decides gets one letter about a move",
        "campaigns/contact/audience.py",
        "        & ~_hears_by_another_letter()\n",
        "",
        ("tests/web/test_vendor_moves.py",),
    ),
    Mutation(
        "a date that is too late is not said to stand",
        "campaigns/reviewing.py",
        'if line.finding == "too late" and outcome != "moved":',
        "if False:",
        (_REVIEWING,),
    ),
)
