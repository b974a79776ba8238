"""After signing in nobody is led to another site."""

from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from rollout.auth import inside
from tests.shared import shared

SITE = "https://rollout.example"
CASES = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\u2028/evil.example",
    "/%09/evil.example",
    "/%5cevil.example",
    "/%2f%2fevil.example",
    "https://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//[::1",
    "/.//evil.example",
    "/x\x00//evil.example",
    "/@evil.example",
    "evil.example",
    "/" + "a" * 600,
    "",
]
FILES = (
    "openredirects.txt",
    "Open-Redirect-payloads.txt",
    "open_redirect_wordlist.txt",
)


def corpus() -> list[str]:
    lines = list(CASES)
    for name in FILES:
        path: Path | None = shared("corpora", "redirects", "patt", name)
        if path is not None:
            lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines + [unquote(line) for line in lines]


def as_a_browser_would(location: str) -> str:
    """The host that a browser goes to (URL standard: \\ is /, tabs and line ends vanish)."""
    cleaned = location.strip("".join(map(chr, range(33)))).replace("\\", "/")
    cleaned = "".join(letter for letter in cleaned if letter not in "\t\r\n")
    if cleaned.startswith("//"):
        cleaned = "//" + cleaned.lstrip("/")
    try:
        return urlsplit(urljoin(SITE + "/sign-in", cleaned)).netloc
    except ValueError:
        return "nowhere"


def test_no_known_trick_leads_off_the_site() -> None:
    for line in corpus():
        target = inside(line)
        assert target.startswith("/"), line
        assert target[1:2] not in ("/", "\\"), line
        assert as_a_browser_would(target) == "rollout.example", line


@pytest.mark.parametrize(
    "path", ["/", "/campaigns/7?state=agreed&sort=-name", "/customers/a%20b#people", "/a/b//c"]
)
def test_a_path_on_the_site_is_kept(path: str) -> None:
    assert inside(path) == path


@pytest.mark.parametrize("nothing", [None, "", "campaigns", "?x=1", "#x"])
def test_anything_else_leads_to_the_front(nothing: str | None) -> None:
    assert inside(nothing) == "/"
