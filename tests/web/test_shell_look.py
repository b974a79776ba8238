"""The look keeps its promises: contrast, vendored files as listed, nothing from elsewhere."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

import rollout

HOME = Path(rollout.__file__).parent
CSS = (HOME / "static" / "app.css").read_text()
VENDOR = HOME / "static" / "vendor"
TEXT_COLOURS = ("ink", "quiet", "accent", "done", "not-done", "unknown", "excepted", "risk")


def palettes() -> list[dict[str, str]]:
    """The light palette, and the dark one."""
    blocks = re.findall(r":root:not\(\[data-theme\]\) \{([^}]*--paper: #[^}]*)\}", CSS)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_there_is_a_light_and_a_dark_palette_with_the_same_names() -> None:
    light, dark = palettes()
    assert light.keys() == dark.keys()


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark"])
def test_text_can_be_read_on_paper_and_on_wash(palette: dict[str, str]) -> None:
    for name in TEXT_COLOURS:
        for ground in ("paper", "wash"):
            assert contrast(palette[name], palette[ground]) >= 4.5, (name, ground)
    for button in ("accent", "accent-deep"):
        assert contrast(palette["on-accent"], palette[button]) >= 4.5
    assert contrast(palette["edge"], palette["paper"]) >= 3
    assert contrast(palette["unknown"], palette["hatch"]) >= 3


def test_every_vendored_file_is_the_one_that_is_listed() -> None:
    listed = re.findall(
        r"^\| (\S+\.(?:js|css)) .* (sha384-\S+) \|$", (VENDOR / "VENDOR.md").read_text(), re.M
    )
    assert {name for name, _ in listed} == {path.name for path in VENDOR.glob("*.min.*")}
    frames = "".join(path.read_text() for path in (HOME / "templates").glob("*.html"))
    for name, sri in listed:
        digest = hashlib.sha384((VENDOR / name).read_bytes()).digest()
        assert sri == "sha384-" + base64.b64encode(digest).decode()
        assert re.search(
            rf"vendor/{re.escape(name)}'\) }}}}\" integrity=\"{re.escape(sri)}\"", frames
        )


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline() -> None:
    for path in (HOME / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), path.name
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", text), path.name
    assert "@import" not in CSS
    assert "http" not in CSS


def test_nothing_moves_and_nothing_casts_a_shadow() -> None:
    assert "@keyframes" not in CSS
    assert "transition:" not in CSS.replace("--pico-transition:", "")
    assert re.findall(r"box-shadow: (?!none)", CSS) == []
