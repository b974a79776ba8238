"""The code that is measured: a copy of this tree, so that nobody's edits change it half way.

One letter in it is as long as letters of providers are: 12 KB over the wire, 3 KB of text and
8 KB of HTML. Letters are data that people edit; the code is as it is.
"""

import shutil
from pathlib import Path

from tests.shared import ROOT

PACKAGES = ("campaigns", "guides", "migrations", "rollout", "workers")
LETTER = Path("guides/content/letters/announcement.en.md")
_MORE = (
    "**On your phone.** Install the app that the guide names before the day, and let it ask you "
    "for a number once, so that you have seen how that looks.",
    "**On your computer.** Save your work and sign out on the evening before. In the morning you "
    "sign in with your password, and then once with the second step.",
    "**In the mail program.** It asks once for your password and the second step. A window that "
    "asks again and again is a sign that something is old; call us then.",
    "**On the road.** The second step works without a network, too: the app shows a code of six "
    "digits that changes every half minute.",
    "**A new phone.** Keep the old one until the new one is set up, or call us, and we help you "
    "over it in a few minutes, at any time of the working day.",
    "**Shared computers.** Nothing changes at the desk where you sign in with a card. Wherever "
    "you type your own password, the second step belongs to it.",
    "**If it fails.** Nobody is locked out for long: we are at the phone from half past seven on "
    "that day, with more people than usual, and we know you by name.",
    "**Afterwards.** You are asked again only on a new device, or once in ninety days, and when "
    "somebody tries to sign in from a place where you have never been.",
    "**At home.** The same account, the same second step. If you sign in from a computer of the "
    "family, do not let it remember you there.",
    "**Abroad.** Tell us before you travel to a country from which you have never signed in, and "
    "nobody stops you at the border of our rules.",
    "**Two ways are better than one.** Add a second phone, a key or the number of your desk, so "
    "that a lost phone is a nuisance and not a lost day.",
    "**Questions.** Reply to this letter or call; a person answers, and there is no question that "
    "somebody has not asked before you.",
    "**Strange calls.** We never ring you up to ask for a code. If somebody does, hang up and call "
    "the number below, at any hour.",
    "**Thank you.** Most break-ins begin with a password that somebody has guessed or found. "
    "From that day on a password alone opens nothing here any more.",
)


def make_tree(folder: Path) -> Path:
    """Copy the product below `folder`; the path to put on PYTHONPATH."""
    tree = folder / "tree"
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    letter = tree / LETTER
    letter.write_text(letter.read_text() + "\n" + "\n\n".join(_MORE) + "\n")
    return tree
