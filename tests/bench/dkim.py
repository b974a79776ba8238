"""Signing: the settings of a run in which every letter is signed with Ed25519."""

import base64
import secrets
from pathlib import Path

from rollout.settings import Settings

_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")  # RFC 8410, section 7; the seed follows


def settings(folder: Path) -> dict[str, str] | None:
    """What to add to the environment; None where the product cannot sign yet."""
    if "dkim_key" not in Settings.model_fields:
        return None
    seed = base64.b64encode(_PKCS8 + secrets.token_bytes(32)).decode()
    path = folder / "dkim.pem"
    path.write_text(f"-----BEGIN PRIVATE KEY-----\n{seed}\n-----END PRIVATE KEY-----\n")
    named = {"ROLLOUT_DKIM_KEY_FILE": str(path)}
    if "dkim_selector" in Settings.model_fields:
        named["ROLLOUT_DKIM_SELECTOR"] = "bench"
    if "dkim_domain" in Settings.model_fields:
        named["ROLLOUT_DKIM_DOMAIN"] = "harbor.example"
    return named
