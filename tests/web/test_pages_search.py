"""Search everywhere, by name, address and id."""

from flask import Flask

from campaigns.models import Rollout
from tests.kit import Office, sent
from tests.web.board_kit import (
    at_work,
    northwind,
    words_on,
)


def test_search_finds_everything_by_name_address_and_id(office: Office, app: Flask) -> None:
    _, rollout = northwind(office)
    (letter,) = sent(office)
    otto = at_work(office, app, "Otto")
    with office.store.reading() as session:
        row = session.get_one(Rollout, rollout)
    wanted = {
        "northwind": f"/customers/{row.customer_id}",
        "NORTHWIND-dental.example": f"/customers/{row.customer_id}",
        "kim@north": f"/customers/{row.customer_id}",
        f"RO-{row.campaign_id}-{row.id}": f"/customers/{row.customer_id}",
        "mfa for": f"/campaigns/{row.campaign_id}",
        "mc1": "/changes/MC1",
        letter.delivery: f"/letters/{letter.delivery}",
        letter.message_id: f"/letters/{letter.delivery}",
        "locked": "/guides/guide/locked-out",
    }
    for words, href in wanted.items():
        found = otto.browser.get("/search", query_string={"q": words})
        assert f'href="{href}"' in found.text, words


def test_search_without_a_hit_says_what_to_try(office: Office, app: Flask) -> None:
    otto = at_work(office, app, "Otto")
    assert "Nothing is called “zzz”" in words_on(otto.get("/search?q=zzz"))
    assert "Type part of a name" in words_on(otto.get("/search"))
    assert "Nothing is called" in words_on(otto.get("/search?q=%25"))
