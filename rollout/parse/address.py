"""Mail addresses and domains, as far as a file can be checked without asking the network.

Stricter than RFC 5322 on purpose: no comments, no quoted local parts, no address
literals, ASCII before the @. A mailbox that needs those is not in any customer's
list; a slip of the pen is.
"""

import re
from functools import lru_cache

from rollout.parse.cells import CellError, shown

MAX_ADDRESS = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
MAX_LOCAL = 64
MAX_DOMAIN = 253
QUOTE = '"'

LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
LABEL = re.compile(r"(xn|[a-z0-9]+)(-?-[a-z0-9]+)*")
LAST_LABEL = re.compile(r"[a-z]{2,63}|xn--([a-z0-9]+-)*[a-z0-9]+")
SEVERAL = re.compile(r"[^\s,;|]+@[^\s,;|]+[\s,;|]+[^\s,;|]+@[^\s,;|]+")


def address(text: str) -> str:
    """The address in lower case, the form in which addresses are compared.

    Raises CellError with the sentence that says what is wrong with it.
    """
    if text.count("@") > 1 and SEVERAL.search(text[: 4 * MAX_ADDRESS]):
        raise CellError(f"{shown(text)} holds several addresses. Use one line for each person.")
    if text and text.split() != [text]:
        raise CellError(f"{shown(text)} is not a mail address: it holds a space or a line break.")
    if len(text) > MAX_ADDRESS:
        raise CellError(f"{shown(text)} is not a mail address: it is longer than {MAX_ADDRESS}.")
    if text.count("@") != 1:
        what = "the @ is missing" if "@" not in text else "it holds more than one @"
        raise CellError(f"{shown(text)} is not a mail address: {what}.")
    local, _, host = text.partition("@")
    reason = _local_fault(local) or _host_fault(host.lower())
    if reason:
        raise CellError(f"{shown(text)} is not a mail address: {reason}.")
    return text.lower()


def _local_fault(local: str) -> str:
    if not local:
        return "nothing stands before the @"
    if not LOCAL.fullmatch(local):
        sign = next(sign for sign in local if not LOCAL.fullmatch(sign))
        return f"{'a quote' if sign == QUOTE else shown(sign)} cannot stand before the @"
    if local[0] == "." or local[-1] == "." or ".." in local:
        return "a dot before the @ has nothing beside it"
    return f"more than {MAX_LOCAL} characters stand before the @" if len(local) > MAX_LOCAL else ""


@lru_cache(maxsize=4096)
def _host_fault(host: str) -> str:
    if not host:
        return "nothing stands after the @"
    if not _is_domain(host):
        return f"{shown(host)} is not a domain such as customer.example"
    return ""


def domain(text: str) -> str:
    """The domain in lower case; a leading @ is dropped. Raises CellError."""
    host = text.lower().removeprefix("@")
    if _host_fault(host):
        raise CellError(f"{shown(text)} is not a domain such as customer.example.")
    return host


def _is_domain(host: str) -> bool:
    if len(host) > MAX_DOMAIN or ".." in host:
        return False
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return False
    labels = ascii_host.split(".")
    if len(labels) < 2 or len(ascii_host) > MAX_DOMAIN:
        return False
    return bool(LAST_LABEL.fullmatch(labels[-1])) and all(
        len(label) <= 63 and LABEL.fullmatch(label) for label in labels
    )
