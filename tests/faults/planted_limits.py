"""What is asked of bookings, mail servers, clocks and copies."""

from tests.faults.mutation import (
    AGREE,
    CAMPAIGNS,
    CONNECTION,
    COURIER,
    RACE,
    SMTP,
    WORKERS,
    Mutation,
    play,
)

LIMITS = f"{CAMPAIGNS}/test_limits_race.py"
_HOST = "campaigns/contact/host.py"
_BOOKING = "campaigns/booking.py"
_AGREE = "campaigns/agree.py"
_ARMING = "campaigns/rules/arming.py"
_SMTP = "workers/smtp.py"
_WIRE = "workers/wire.py"
_BOOK = "workers/book.py"

BOOKINGS = (
    Mutation(
        "no more minutes are sold than there are",
        _BOOKING,
        'TechnicianDay.taken + bindparam("minutes") <= TechnicianDay.capacity,',
        "",
        (RACE, play("F23_last_place")),
    ),
    Mutation(
        "a day that is given back is locked in one order",
        _BOOKING,
        "    .with_for_update()\n",
        "",
        (RACE,),
    ),
    Mutation(
        "minutes that are given back are free again",
        _BOOKING,
        '.values(taken=TechnicianDay.taken - bindparam("minutes"))',
        '.values(taken=TechnicianDay.taken - 0 * bindparam("minutes"))',
        (AGREE, RACE),
    ),
    Mutation(
        "the last place of a limit has one winner",
        _BOOKING,
        "<= :most_minutes\n",
        "<= :most_minutes OR 1 = 1\n",
        (LIMITS,),
    ),
    Mutation(
        "the last place of a campaign on a day has one winner",
        _BOOKING,
        "ELSE day_load.rollouts < :most_of_campaign END",
        "ELSE day_load.rollouts < :most_of_campaign OR 1 = 1 END",
        (LIMITS,),
    ),
    Mutation(
        "two campaigns of one customer keep their distance, chosen at once or not",
        _AGREE,
        "        keep_distance(session, case.rollout, case.neighbours, case.terms, day)\n",
        "        pass\n",
        (LIMITS,),
    ),
    Mutation(
        "only who saw the date that stands may replace it",
        _AGREE,
        'Rollout.version == bindparam("seen"))',
        'Rollout.version >= bindparam("seen"))',
        (RACE, AGREE, play("F24_double_click", "sqlite")),
    ),
    Mutation(
        "the same form twice is one booking",
        _AGREE,
        'Agreement.rollout_id == bindparam("rollout"), Agreement.answer_key == bindparam("key")\n',
        '-Agreement.rollout_id == bindparam("rollout"), Agreement.answer_key == bindparam("key")\n',
        (AGREE, RACE, play("F24_double_click", "sqlite")),
    ),
    Mutation(
        "a day must be open to be had",
        _AGREE,
        "    _may_have(case, day, at, chooser, room)\n",
        "",
        (AGREE, RACE, f"{CAMPAIGNS}/test_agree_days.py"),
    ),
    Mutation(
        "a date can be changed only until its last day for changes",
        _AGREE,
        "if chooser.staff is None and until is not None and case.terms.today > until:",
        "if False:",
        (AGREE, f"{CAMPAIGNS}/test_agree_days.py"),
    ),
)

SERVERS = (
    Mutation(
        "a connection lost after the dot leaves the letter uncertain",
        _SMTP,
        'return Outcome("uncertain", None, self._lost("the final dot", trouble))',
        'return Outcome("later", None, self._lost("the final dot", trouble))',
        (SMTP, CONNECTION, play("F15_hangs_up_after_the_dot")),
    ),
    Mutation(
        "no dot without a mark",
        _SMTP,
        "if not (yield Pause.MARK):",
        "if (yield Pause.MARK) is None:",
        (SMTP, COURIER, f"{WORKERS}/test_lanes.py", play("F27_held")),
    ),
    Mutation(
        "a server that speaks before the dot is heard",
        _SMTP,
        "if early := self._interruption(wire):",
        "if early := None:",
        (SMTP, CONNECTION),
    ),
    Mutation(
        "a failing QUIT changes nothing",
        _SMTP,
        "            wire.quit()\n        except TROUBLE:",
        "            wire.quit()\n        except ValueError:",
        (SMTP, CONNECTION, play("F16_quit_fails", "sqlite")),
    ),
    Mutation(
        "421 is the server's, not the letter's",
        _WIRE,
        'if code == 421 or (code in _OUR_SIGN_IN and phase != "."):',
        'if code in _OUR_SIGN_IN and phase != ".":',
        (SMTP, CONNECTION),
    ),
    Mutation(
        "4xx is tried again",
        _WIRE,
        'return Outcome("later", code, words)\n    if 500',
        'return Outcome("refused", code, words)\n    if 500',
        (SMTP,),
    ),
    Mutation(
        "a line that begins with a dot gets another",
        _WIRE,
        r'message = message.replace(b"\r\n.", b"\r\n..")',
        r'message = message.replace(b"\r\n.", b"\r\n.")',
        (SMTP, f"{WORKERS}/test_mail_message.py"),
    ),
    Mutation(
        "a server that failed is left alone",
        _HOST,
        "return until if until is not None and until > machine else None",
        "return None",
        (f"{CAMPAIGNS}/test_host.py", COURIER, play("F12_refuses_all", "sqlite")),
    ),
    Mutation(
        "the limit a minute is kept",
        _HOST,
        "room = min(room, limit - _given(session, host, slot - span))",
        "room = min(room, limit)",
        (f"{CAMPAIGNS}/test_host.py",),
    ),
    Mutation(
        "letters that were not begun are given back when the program stops",
        _BOOK,
        "contact.hand_back(session, self.token, why)",
        "pass",
        ("tests/scaled/test_hands.py", f"{WORKERS}/test_lanes.py", play("F3_ask_to_stop")),
    ),
    Mutation(
        "a copy of the database sends nothing",
        _ARMING,
        "if kept.place is not None and not same_place(kept.place, seen.place):",
        "if False:",
        ("tests/rules/test_arming.py", play("F19_copied")),
    ),
    Mutation(
        "a clock that jumped sends nothing",
        _ARMING,
        "if jump > JUMP:",
        "if False:",
        ("tests/rules/test_arming.py", play("F18_clock_jumps", "sqlite")),
    ),
)
