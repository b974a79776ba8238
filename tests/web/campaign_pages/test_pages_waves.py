"""Waves on a page: added, held, released, taken away; each step with its reason."""

import re

from campaigns.models import Rollout, Wave
from tests.kit import open_campaign, rollout_id, rows_of
from tests.web.board_kit import words_on
from tests.web.desk_kit import Desk, Face, field_error

FORM = {"exit_share": "90", "exit_days": "3", "stop": "5", "opens": ""}


def waves(house: Face) -> list[tuple[object, ...]]:
    return rows_of(house.office, "SELECT name, number, held_why FROM wave ORDER BY number")


def number_of(house: Face, name: str) -> int:
    with house.office.store.reading() as session:
        return session.query(Wave).filter_by(name=name).one().id


def two_waves(house: Face, ada: Desk) -> tuple[str, int]:
    """Harbour Legal is the pilot, whoever is left the rest; the address and the campaign."""
    campaign = open_campaign(house.office)
    path = f"/campaigns/{campaign}/waves"
    page = ada.text(path)
    assert "every customer may choose a date at once" in page
    found = re.search(r'value="(\d+)"[^>]*> Harbour Legal', page)
    assert found
    ada.post(path, name="Pilot", customer=found[1], **FORM)
    ada.post(path, name="Rest", everybody="1", **FORM)
    return path, campaign


def test_customers_are_put_into_waves_and_the_second_waits_for_the_first(
    house: Face, ada: Desk
) -> None:
    path, campaign = two_waves(house, ada)
    words = words_on(ada.get(path))
    assert "1. Pilot" in words
    assert "90 % are verified and the last of its dates lies 3 days back" in words
    assert 'The wave "Pilot" comes first and is not over' in words
    assert "Every customer of this campaign is in a wave." in words
    assert "The waves in full" in words_on(ada.get(f"/campaigns/{campaign}"))


def test_a_wave_is_held_and_released_with_a_reason_and_only_once(house: Face, ada: Desk) -> None:
    path, _ = two_waves(house, ada)
    wave = f"{path}/{number_of(house, 'Pilot')}"
    assert ada.post(f"{wave}/hold", why="  ").status_code == 422
    assert waves(house)[0] == ("Pilot", 1, None)
    assert ada.post(f"{wave}/hold", why="printers").status_code == 303
    assert waves(house)[0] == ("Pilot", 1, "printers")
    assert "on hold printers" in words_on(ada.get(path))
    assert ada.post(f"{wave}/hold", why="again").status_code == 409
    assert ada.post(f"{wave}/release", why="mended").status_code == 303
    assert waves(house)[0] == ("Pilot", 1, None)


def test_a_wave_that_is_taken_away_leaves_its_customers_free_and_its_number_unused(
    house: Face, ada: Desk
) -> None:
    path, campaign = two_waves(house, ada)
    assert ada.post(f"{path}/{number_of(house, 'Pilot')}/remove", why="").status_code == 422
    ada.post(f"{path}/{number_of(house, 'Pilot')}/remove", why="one is enough")
    assert [name for name, *_ in waves(house)] == ["Rest"]
    with house.office.store.reading() as session:
        key = rollout_id(house.office, campaign, "Harbour Legal")
        assert session.get_one(Rollout, key).wave_id is None
    ada.post(path, name="Last", everybody="1", **FORM)
    assert [(name, place) for name, place, _ in waves(house)] == [("Rest", 2), ("Last", 3)]
    said = rows_of(house.office, "SELECT what FROM journal_entry WHERE what LIKE 'wave_%'")
    assert ("wave_removed",) in said


def test_figures_names_and_nobody_are_refused_beside_the_field(house: Face, ada: Desk) -> None:
    path = f"/campaigns/{open_campaign(house.office)}/waves"
    for wrong, field in (
        ({"name": ""}, "name"),
        ({"exit_share": "101"}, "exit_share"),
        ({"exit_days": "a few"}, "exit_days"),
        ({"stop": "-1"}, "stop"),
        ({"opens": "soon"}, "opens"),
    ):
        answer = ada.post(path, everybody="1", **{"name": "Pilot", **FORM, **wrong})
        assert answer.status_code == 422, wrong
        assert field_error(answer, field)
    answer = ada.post(path, name="Pilot", **FORM)
    assert "Tick the customers of this wave." in words_on(answer)
    assert waves(house) == []


def test_another_campaigns_wave_is_not_there(house: Face, ada: Desk) -> None:
    path, _ = two_waves(house, ada)
    other = open_campaign(house.office, "Other")
    wave = number_of(house, "Pilot")
    assert ada.post(f"/campaigns/{other}/waves/{wave}/hold", why="no").status_code == 404
    assert ada.post(f"{path}/9999/hold", why="no").status_code == 404
