"""What is left out of every path and log line: the tokens of links."""

import re

TOKENS = re.compile(r"(?i)((?:/|%2f)(?:c|g|sign-in)(?:/|%2f))[^/?#&%\s\"]+")


def redacted(text: str) -> str:
    """The same path or log line, with what follows /c/, /g/ and /sign-in/ taken out."""
    return TOKENS.sub(r"\1[token]", text)
