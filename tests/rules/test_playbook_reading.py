"""A playbook file is read, or refused with the place of the mistake."""

from datetime import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import playbooks
from campaigns.errors import Invalid
from campaigns.rules.playbook import Playbook, read

PLAIN = """
name: small
title: A small playbook
description: For a test.
evidence: none
effort: {base_minutes: 30, minutes_per_person: 1}
steps:
  - {key: invite, anchor: first_slot, offset: -60, audience: decision_maker, channel: mail,
     title: Ask for a date, letter: invitation, stop: agreed, valid_days: 6}
  - {key: switch-on, anchor: agreed_date, offset: 0, at: "07:30", audience: provider,
     channel: task, title: Switch on, text: Switch it on.}
"""


def test_the_default_rules_are_those_of_the_house() -> None:
    written = playbooks.shipped("default").rules
    assert written == read(PLAIN, "small.yaml").rules
    assert written.avoid_weekdays == (0, 4)
    assert written.slots == (time(8), time(12, 30), time(18))


def test_times_default_to_nine_and_to_at_once_after_an_agreement() -> None:
    book = read(PLAIN, "small.yaml")
    assert [step.at for step in book.steps] == [time(9), time(7, 30)]
    at_once = PLAIN.replace("anchor: first_slot, offset: -60", "anchor: agreed, offset: 0")
    assert read(at_once, "small.yaml").steps[0].at is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "audience: decision_maker",
            "audience: owners",
            'small.yaml, step "invite", audience: "owners" is not an audience. Use one of: '
            "decision_maker, site_contact, managers, pilot, vips, all_users, users_not_ready, "
            "admins, admins_not_ready, told_other_day, provider.",
        ),
        ("key: invite", "key: Invite me", 'step 1, key: "Invite me" cannot be used'),
        ("key: switch-on", "key: invite", 'step "invite", key: step 2 has the same key'),
        ("anchor: first_slot", "anchor: slot", 'step "invite", anchor: "slot" is not an anchor'),
        ("offset: -60", "offset: -3001", "offset: .* whole number from -3,000 to 3,000"),
        ("offset: -60", "offset: soon", 'offset: "soon" cannot be used'),
        ("offset: -60", "offset: true", "offset: True cannot be used"),
        ("offset: -60", "offset: " + "9" * 4000, "offset: .*a very large number"),
        (", offset: -60", "", 'step "invite", offset: it is missing'),
        (", letter: invitation", "", 'step "invite", letter: it is missing'),
        (", text: Switch it on.", "", 'step "switch-on", text: it is missing'),
        ("letter: invitation", "letter: invitation, text: Hello", "only tasks have a text"),
        ("text: Switch it on.", "text: Do it., letter: x", "only mails have a letter"),
        ('at: "07:30"', "at: 12:30", 'at: "750" is not a time of day. Write "HH:MM" in quotes'),
        ('at: "07:30"', 'at: "24:00"', 'at: "24:00" is not a time of day'),
        ("stop: agreed", "stop: [done]", "stop: a list is not a stop rule"),
        ("valid_days: 6", "valid_days: -1", "valid_days: .* from 0 to 3,000"),
        ("valid_days: 6", "valid: 6", 'step "invite", valid: no such field. Use only: key'),
        ("valid_days: 6", "required: maybe", "required: .* is not true or false"),
        ("valid_days: 6", "required: true, compressible: true", "never dropped"),
        ("valid_days: 6", "scope: campaign", "scope: only tasks of the provider"),
        ("audience: provider", "audience: provider, scope: campaign", "anchor: a campaign has no"),
        ("decision_maker, channel", "provider, channel", "audience: mails go to customers"),
        ("first_slot, offset: -60", "agreed, offset: -1", "offset: nothing can be done before"),
        ("evidence: none", "evidence: some", 'small.yaml, evidence: "some" is not a kind'),
        ("minutes_per_person: 1", "minutes: 1", "effort, minutes: no such field"),
        ("title: A small playbook", "title: 2026", 'small.yaml, title: "2026" is not a text'),
        ("title: A small playbook", 'title: "a\\0b"', "title: it holds characters"),
        ("title: A small playbook", f"title: {'x' * 81}", "title: the text is 81 characters"),
        ("title: A small playbook\n", "", "small.yaml, title: it is missing"),
        ("steps:", "rules: {slots: []}\nsteps:", "rules, slots: a list is not a list with"),
        ("steps:", 'rules: {slots: ["08:00", "08:00"]}\nsteps:', "slots: a time stands twice"),
        ("steps:", "rules: {avoid_weekdays: [monday]}\nsteps:", '"monday" is no weekday'),
        ("steps:", "rules: {gate_percent: 101}\nsteps:", "gate_percent: .* from 0 to 100"),
        ("steps:", "rules: {lead_days: 10}\nsteps:", "rules, min_lead_days: 30 is more than 10"),
        ("steps:", "rules: {prep_days: 1}\nsteps:", "rules, latest_days: 3 is more than 1"),
        ("steps:", "rules: [1]\nsteps:", "small.yaml, rules: a group of fields"),
        ("evidence: none", "evidence: none\nevidence: mfa", 'line 6: .*"evidence" stands twice'),
        ("evidence: none", "evidence: 'none", "small.yaml, line [0-9]+: this is not YAML"),
        ("evidence: none", "evidence: &a none\nx: *a", "line 6: .*aliases"),
        ("evidence: none", "evidence: !!bool maybe", "line 5: .*tags"),
        ("evidence: none", "evidence: 2026-13-45", "a date or number that cannot exist"),
        ("evidence: none", "evidence: " + "[" * 5000, "line 5: .*nested too deeply"),
        ("evidence: none", "#" * 66_000, "larger than 64 kB"),
    ],
)
def test_each_mistake_is_named_with_file_step_and_field(old: str, new: str, said: str) -> None:
    assert old in PLAIN
    with pytest.raises(Invalid, match=r"^small\.yaml") as refused:
        read(PLAIN.replace(old, new, 1), "small.yaml")
    assert refused.match(said)


@pytest.mark.parametrize("text", ["", "- a", "text", "{}", "steps: []", "\ud800", "? [a]: b"])
def test_a_file_that_is_no_playbook_at_all_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"^odd\.yaml"):
        read(text, "odd.yaml")


def test_weekdays_may_all_be_open_but_not_all_closed() -> None:
    assert _with_rules("avoid_weekdays: []").rules.avoid_weekdays == ()
    with pytest.raises(Invalid, match="no weekday is left"):
        _with_rules("avoid_weekdays: [mon, tue, wed, thu, fri, sat, sun]")


SCRAPS = (
    "key offset -60 at: [ ] { } - , ? ! & * | > ' \" # %YAML --- ... << !!int !!binary "
    "\n \t \0 &a *a 12:30 2026-13-45 .nan .inf 0x 1e999 ~ yes no = steps: name:"
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["mail", "task", "agreed", "provider", "09:00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(SCRAPS.split(" ")) | st.text(max_size=4), max_size=25))
def test_whatever_stands_in_a_file_it_is_read_or_refused_and_nothing_else(
    scraps: list[str],
) -> None:
    _read_or_refuse(" ".join(scraps))
    _read_or_refuse(PLAIN + " ".join(scraps))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_value_in_any_field_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    book = yaml.safe_load(PLAIN)
    places = [book, book["effort"], *book["steps"]]
    place = data.draw(st.sampled_from(places))
    place[data.draw(st.sampled_from([*place, "rules", "at", "days"]))] = data.draw(VALUES)
    _read_or_refuse(yaml.safe_dump(book))


def _with_rules(rules: str) -> Playbook:
    return read(PLAIN + f"rules: {{{rules}}}\n", "small.yaml")


def _read_or_refuse(text: str) -> None:
    said = "odd.yaml"
    try:
        read(text, "odd.yaml")
    except Invalid as refused:
        said = refused.message
    assert said.startswith("odd.yaml")
    assert len(said) < 700
