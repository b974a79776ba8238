"""What is asked when letters are marked, settled, rescued."""

from tests.faults.mutation import (
    CAMPAIGNS,
    CLAIM,
    COURIER,
    GUARDS,
    TOGETHER,
    WORKERS,
    Mutation,
    play,
)

_HAND = "campaigns/contact/hand_over.py"
_RESCUE = "campaigns/contact/rescue.py"
_UNCERTAIN = "campaigns/contact/uncertain.py"

HAND_OVERS = (
    Mutation(
        "the mark asks for the token",
        _HAND,
        "AND token = :token \"\n    \"AND delivery.state || '' = 'sending'",
        "\"\n    \"AND delivery.state || '' = 'sending'",
        (CLAIM, GUARDS, TOGETHER, COURIER),
    ),
    Mutation(
        "the mark asks whether the lease still runs",
        _HAND,
        "AND delivery.state || '' = 'sending' AND lease_until > :machine \"",
        "AND delivery.state || '' = 'sending' \"",
        (CLAIM, GUARDS, TOGETHER, COURIER),
    ),
    Mutation(
        "the mark asks whether the date still stands",
        _HAND,
        "\"AND rollout.version = given.version AND campaign.state = 'running' \"",
        "\"AND campaign.state = 'running' \"",
        (CLAIM, GUARDS, play("F22_dates_move")),
    ),
    Mutation(
        "the mark asks whether the campaign still runs",
        _HAND,
        "AND rollout.version = given.version AND campaign.state = 'running' ",
        "AND rollout.version = given.version ",
        (CLAIM, GUARDS, play("F27_held")),
    ),
    Mutation(
        "the mark asks whether the person is still there",
        _HAND,
        "AND contact.left_at IS NULL AND contact.suppressed_at IS NULL",
        "AND 1 = 1",
        (CLAIM, GUARDS, TOGETHER, COURIER, play("F28_contacts_leave")),
    ),
    Mutation(
        "the mark is written",
        _HAND,
        "UPDATE delivery SET mark = :machine, lease_until = :lease,",
        "UPDATE delivery SET lease_until = :lease,",
        (CLAIM, GUARDS, play("F2_killed_at_phases")),
    ),
    Mutation(
        "a mark renews the lease",
        _HAND,
        '"lease": machine + lease, "token"',
        '"lease": machine, "token"',
        (CLAIM, GUARDS, TOGETHER, COURIER),
    ),
    Mutation(
        "an outcome is written by its own courier alone",
        _HAND,
        "AND token = :token \"\n    \"AND delivery.state IN ('sending', given.state)",
        "AND (token = :token OR 1 = 1) \"\n    \"AND delivery.state IN ('sending', given.state)",
        (CLAIM, GUARDS, TOGETHER, COURIER),
    ),
    Mutation(
        "putting off counts a try",
        _HAND,
        "ELSE attempt + :tried END",
        "ELSE attempt END",
        (CLAIM, GUARDS, COURIER),
    ),
    Mutation(
        "waits grow from try to try",
        _HAND,
        "BACK_OFF = (1, 2, 5, 10, 20, 30)",
        "BACK_OFF = (0, 0, 0, 0, 0, 0)",
        (COURIER, CLAIM, f"{CAMPAIGNS}/test_host.py"),
    ),
    Mutation(
        "only letters that were not marked are given back",
        _HAND,
        "\"WHERE token = :token AND state = 'sending' AND mark IS NULL\"\n)\n\n_RENEW",
        "\"WHERE token = :token AND state = 'sending'\"\n)\n\n_RENEW",
        (CLAIM, GUARDS, TOGETHER, COURIER, f"{WORKERS}/test_lanes.py"),
    ),
    Mutation(
        "a marked letter of a dead courier is not sent again",
        _RESCUE,
        'state="uncertain",',
        'state="due",',
        (CLAIM, GUARDS, play("F2_killed_at_phases")),
    ),
    Mutation(
        "a marked letter of a dead courier becomes uncertain",
        _RESCUE,
        ".where(*lost, Delivery.mark.is_not(None))",
        ".where(*lost, Delivery.mark.is_(None))",
        (CLAIM, GUARDS, play("F2_killed_at_phases")),
    ),
    Mutation(
        "a lease is waited for",
        _RESCUE,
        'lost = (Delivery.state == "sending", Delivery.lease_until < machine)',
        'lost = (Delivery.state == "sending",)',
        (CLAIM, GUARDS, play("F5_many_beats")),
    ),
    Mutation(
        "what comes back after the end of its campaign is cancelled",
        _RESCUE,
        "    _cancel_ended(session, now)\n",
        "",
        (CLAIM, GUARDS, f"{CAMPAIGNS}/test_launch_moves.py", play("F29_cancelled")),
    ),
    Mutation(
        "only an uncertain letter is sent again by hand",
        _UNCERTAIN,
        '.where(Delivery.id == delivery.id, Delivery.state == "uncertain")',
        ".where(Delivery.id == delivery.id)",
        (CLAIM, GUARDS, f"{CAMPAIGNS}/test_uncertain.py"),
    ),
    Mutation(
        "nothing of an ended campaign is sent again",
        _UNCERTAIN,
        "    _still_on(session, delivery)\n",
        "",
        (CLAIM, GUARDS, f"{CAMPAIGNS}/test_uncertain.py"),
    ),
)
