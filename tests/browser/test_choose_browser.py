"""From the letter in the mailbox to the confirmed date, as a person does it."""

import email
import email.policy
import json
import re
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page
from sqlalchemy import select

from campaigns.models import Agreement
from tests.browser.conftest import Served
from tests.web.choose_kit import link

pytestmark = pytest.mark.browser
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def button_of_the_letter(served: Served) -> str:
    """The address behind the button of the only letter in the mailbox."""
    (path,) = served.mail.glob("*.eml")
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = letter.get_body(("html",)).get_content()
    found = re.search(rf'href="({re.escape(served.url)}/c/[a-z0-9]+)"', text)
    assert found, text
    return found[1]


def booked(served: Served) -> list[tuple[str, str, str]]:
    with served.office.store.reading() as session:
        return [
            (f"{one.day} {one.local_time:%H:%M}", one.by_name, one.by_role)
            for one in session.scalars(select(Agreement))
        ]


def follow(page: Page, button: Locator) -> None:
    """Press it and wait until the next page is there: a click alone may come back before."""
    with page.expect_navigation():
        button.click()


@pytest.mark.parametrize("script", [True, False])
def test_the_owner_comes_from_the_letter_to_a_booked_day(
    served: Served, chromium: Browser, script: bool
) -> None:
    context = chromium.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(button_of_the_letter(served))
    page.get_by_label("18:00").nth(2).check()
    follow(page, page.get_by_role("button", name="Review"))
    assert "Not saved yet" in page.inner_text("main")
    assert booked(served) == []
    page.get_by_label("Your role").fill("owner")
    follow(page, page.get_by_role("button", name="Confirm"))
    assert "Booked" in page.inner_text("main")
    ((when, name, role),) = booked(served)
    assert (when[-5:], name, role) == ("18:00", "Kim Lee", "owner")
    assert context.cookies() == []
    context.close()


def press_until(page: Page, wanted: str) -> None:
    """Tab on until the focused element fits the selector."""
    for _ in range(60):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The Tab key does not lead to {wanted}.")


def test_a_day_is_booked_with_the_keyboard_alone(served: Served, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(button_of_the_letter(served))
    press_until(page, "input[name=when]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    press_until(page, "button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    press_until(page, "#role")
    page.keyboard.type("owner")
    press_until(page, "button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/c/[a-z0-9]+$"))
    assert "Booked" in page.inner_text("main")
    assert len(booked(served)) == 1
    context.close()


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands, one line a rule and element."""
    page.evaluate(AXE)
    result = page.evaluate("() => axe.run()")
    assert len(result["passes"]) > 10, "axe has not looked"
    found = result["violations"]
    return [f"{one['id']}: {json.dumps(node['target'])}" for one in found for node in one["nodes"]]


def every_page(served: Served) -> list[str]:
    """Addresses that need no booked day."""
    choose = served.url + urlsplit(button_of_the_letter(served)).path
    guide = served.url + link(served.office, "guide", served.rollout, "eve0")
    more = [f"{choose}/ask/wrong-person", f"{choose}x", guide]
    return [choose, *more, f"{guide}/authenticator-iphone", f"{guide}/done", f"{guide}/help"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier_or_scrolls_sideways_on_a_narrow_phone(
    served: Served, chromium: Browser, scheme: str
) -> None:
    context = chromium.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 320, "height": 700},
    )
    page = context.new_page()

    def look(where: str) -> None:
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            assert faults(page) == [], (where, width)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (where, width)

    for address in every_page(served):
        page.goto(address)
        look(address)
    page.goto(button_of_the_letter(served))
    page.get_by_label("08:00").first.check()
    page.get_by_text("Closed days and why").click()
    look("a picked day")
    follow(page, page.get_by_role("button", name="Review"))
    look("review")
    page.get_by_label("Your role").fill("owner")
    follow(page, page.get_by_role("button", name="Confirm"))
    look("booked")
    for name in ("Change the date", "Cancel the date"):
        page.goto(button_of_the_letter(served))
        follow(page, page.get_by_role("link", name=name))
        look(name)
    context.close()
