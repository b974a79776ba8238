"""The same form again: after a time-out, from another tab, long after; one booking, one answer."""

import pytest
from flask.testing import FlaskClient

from tests.kit import Office, rows_of
from tests.web.choose_kit import agreements, at_once, confirm, nonce, review, signed, value_of, web

HELD = "SELECT count(*) FROM booking WHERE released_at IS NULL"


def test_a_retry_after_a_time_out_gets_the_answer_that_was_lost(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    form = signed(review(browser, kim, when), when)
    lost = browser.post(f"{kim}/confirm", data=form)
    again = browser.post(f"{kim}/confirm", data=form)
    assert (again.status_code, again.location) == (lost.status_code, lost.location) == (303, kim)
    assert len(agreements(office)) == 1
    assert rows_of(office, HELD) == [(1,)]


def test_a_form_replayed_after_the_date_moved_on_moves_nothing_back(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    first = value_of(office, rollout, 1)
    old = signed(review(browser, kim, first), first)
    browser.post(f"{kim}/confirm", data=old)
    later = value_of(office, rollout, 5)
    assert confirm(browser, kim, later).status_code == 303
    old["nonce"] = nonce(browser.get(f"{kim}/ask/question"))
    answer = browser.post(f"{kim}/confirm", data=old)
    assert (answer.status_code, answer.location) == (303, kim)  # as the first time
    assert [str(made.day) for made in agreements(office)] == [first[:10], later[:10]]
    assert rows_of(office, HELD) == [(1,)]


def test_two_tabs_confirm_two_days_at_once_and_one_of_them_is_booked(
    office: Office, rollout: int, kim: str
) -> None:
    tabs = [web(office).test_client() for _ in range(2)]
    forms = []
    for place, tab in enumerate(tabs):
        when = value_of(office, rollout, 2 + place)
        forms.append(signed(review(tab, kim, when), when))
    answers = at_once(
        *(
            lambda tab=tab, form=form: tab.post(f"{kim}/confirm", data=form)
            for tab, form in zip(tabs, forms, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(agreements(office)) == 1
    assert rows_of(office, HELD) == [(1,)]


@pytest.mark.parametrize("page", ["cancel", "undo"])
def test_a_form_that_takes_a_date_back_takes_it_back_once(
    office: Office, browser: FlaskClient, rollout: int, kim: str, page: str
) -> None:
    when = value_of(office, rollout)
    confirm(browser, kim, when, name="Pat Ode", role="office manager")
    form = signed(browser.get(f"{kim}/{page}"), "") | {"sure": "yes"}
    answers = at_once(
        *(lambda: browser.application.test_client().post(f"{kim}/{page}", data=form),) * 2
    )
    assert 303 in {answer.status_code for answer in answers}
    assert browser.post(f"{kim}/{page}", data=form).status_code == 303
    assert len(agreements(office)) == 2
    assert rows_of(office, HELD) == [(0,)]
