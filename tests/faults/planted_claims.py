"""What is asked when letters are claimed and touches opened."""

from tests.faults.mutation import (
    AGREE,
    CAMPAIGNS,
    CLAIM,
    COURIER,
    GUARDS,
    HOLD,
    RIVER,
    TOGETHER,
    Mutation,
    play,
)

_CLAIM = "campaigns/contact/claim.py"
_CLAIMED = "campaigns/contact/claimed.py"
_WANTED = "campaigns/contact/wanted.py"
_ASKED = f"{CAMPAIGNS}/test_claim_wanted.py"
_OPENING = "campaigns/contact/opening.py"
_SEAL = "campaigns/contact/seal.py"
_SCHEDULE = "campaigns/schedule.py"
_AUDIENCE = "campaigns/rules/audience.py"

CLAIMS = (
    Mutation(
        "a letter is claimed only while it is due",
        _CLAIM,
        "WHERE delivery.state = 'due' AND delivery.next_try <= :now ",
        "WHERE delivery.next_try <= :now ",
        (CLAIM, GUARDS, TOGETHER, COURIER),
    ),
    Mutation(
        "a letter that was claimed is not due any more",
        _CLAIM,
        "\"UPDATE delivery SET state = 'sending', token = :token,",
        "\"UPDATE delivery SET state = 'due', token = :token,",
        (CLAIM, GUARDS, TOGETHER, COURIER),
    ),
    Mutation(
        "a batch is no larger than the server's limits leave room for",
        _CLAIM,
        '"ORDER BY delivery.next_try, delivery.id LIMIT :most{lock}) "',
        '"ORDER BY delivery.next_try, delivery.id{lock}) "',
        (CLAIM, GUARDS, TOGETHER, COURIER, f"{CAMPAIGNS}/test_host.py"),
    ),
    Mutation(
        "a back-off is waited for",
        _CLAIM,
        "AND delivery.next_try <= :now AND campaign",
        "AND (delivery.next_try <= :now OR 1 = 1) AND campaign",
        (CLAIM, GUARDS, COURIER, play("F12_puts_off", "sqlite")),
    ),
    Mutation(
        "a campaign on hold sends nothing",
        _CLAIM,
        "AND campaign.state = 'running' ",
        "",
        (CLAIM, GUARDS, HOLD, play("F27_held")),
    ),
    Mutation(
        "no letter leaves after its window",
        _WANTED,
        "if touch.valid_until <= now:",
        "if False:",
        (_ASKED, GUARDS, COURIER, RIVER),
    ),
    Mutation(
        "a letter of an older date is cancelled in the claim",
        _WANTED,
        "if touch.version and touch.version != rollout.version:",
        "if False:",
        (_ASKED, GUARDS, RIVER, play("F22_dates_move")),
    ),
    Mutation(
        "who agreed is not asked again",
        _WANTED,
        'if step.stop == "agreed" and agreement is not None and',
        "if False and",
        (CLAIM, GUARDS, RIVER),
    ),
    Mutation(
        "who has left gets nothing",
        _CLAIMED,
        "left_at IS NOT NULL AS has_left, ",
        "1 = 0 AS has_left, ",
        (CLAIM, GUARDS, RIVER, play("F28_contacts_leave")),
    ),
    Mutation(
        "an address that is not used gets nothing",
        _CLAIMED,
        "CASE WHEN suppressed_at IS NOT NULL THEN coalesce(suppressed_why, 'no reason given') END ",
        "NULL ",
        (CLAIM, GUARDS, RIVER),
    ),
    Mutation(
        "a claim that found a letter unwanted lets others alone",
        _CLAIM,
        '"WHERE id = :id AND token = :token"',
        '"WHERE token = :token"',
        (CLAIM, GUARDS, RIVER, COURIER),
    ),
)

TOUCHES = (
    Mutation(
        "a touch opens once",
        _OPENING,
        "\"AND state = 'planned' RETURNING id\"",
        '"RETURNING id"',
        (f"{CAMPAIGNS}/test_fan_out.py", RIVER, TOGETHER, play("F5_many_beats")),
    ),
    Mutation(
        "a touch whose time has passed is skipped",
        _OPENING,
        'if touch.valid_until <= ahead.now and step.channel != "booking":',
        "if False:",
        (HOLD, f"{CAMPAIGNS}/test_fan_out.py", RIVER),
    ),
    Mutation(
        "an overtaken letter does not come on top",
        "campaigns/contact/ahead.py",
        '"AND later.due <= :now ',
        '"AND later.due > :now ',
        (HOLD, f"{CAMPAIGNS}/test_fan_out.py"),
    ),
    Mutation(
        "nobody is asked for a date before the wave is open",
        "campaigns/waiting.py",
        '        Touch.state == "planned",\n',
        '        Touch.state == "nothing",\n',
        (f"{CAMPAIGNS}/test_waiting.py",),
    ),
    Mutation(
        "what is read for several customers is read anew once one of them has agreed",
        "campaigns/cases.py",
        "        self._others.pop(customer_id, None)\n",
        "        pass\n",
        (f"{CAMPAIGNS}/test_cases.py",),
    ),
    Mutation(
        "touches that open together are of different rollouts",
        "workers/opening.py",
        "number = following.get(touch.rollout_id, 0)",
        "number = 0",
        ("tests/workers/test_open_together.py",),
    ),
    Mutation(
        "a touch is through only when nothing waits",
        _SEAL,
        "state IN ('due', 'sending')) ",
        "state IN ('nothing')) ",
        (CLAIM, GUARDS, RIVER, COURIER, play("F1_kill_at_random")),
    ),
    Mutation(
        "a moved date cancels what the old one planned",
        _SCHEDULE,
        "    _cancel(session, rollout.id, agreement.version, reason, now)\n",
        "",
        (AGREE, RIVER, play("F22_dates_move")),
    ),
    Mutation(
        "who is done is spared",
        _AUDIENCE,
        'if occasion.stop == "done" and spared(person.level, person.source):',
        "if False:",
        ("tests/rules/test_audience.py", RIVER),
    ),
    Mutation(
        "exceptions are kept",
        _AUDIENCE,
        "if occasion.audience in USERS and person.excepted_until is not None:",
        "if False:",
        ("tests/rules/test_audience.py", f"{CAMPAIGNS}/test_fan_out_excepted.py"),
    ),
    Mutation(
        "a person is left in peace for some days",
        _AUDIENCE,
        "if now - person.last_letter >= timedelta(days=occasion.spacing_days):",
        "if True:",
        ("tests/rules/test_audience.py",),
    ),
)
