"""Invitation links that can be shown again although only their hash is stored.

The token of an invite is made from the server's secret, the host and the moment of its making, so
the host's own pages can make it once more; the database alone gives no link away.
"""

import base64
import hashlib
import hmac
from datetime import datetime

import segno

from web.settings import Settings

TOKEN_BYTES = 21  # 168 bits, 28 characters


def token_for(settings: Settings, host: str, at: datetime) -> str:
    """The token of the invite that `host` makes at `at` (its exact moment)."""
    key = settings.secret.derive("invites").encode()
    text = f"{host}\0{at.timestamp() * 1_000_000:.0f}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, text, hashlib.sha256)[:TOKEN_BYTES]).decode()


def link_to(settings: Settings, token: str) -> str:
    return f"{settings.origin}/i/{token}"


def qr_of(link: str) -> str:
    """The link as an inline SVG, black on white, with its quiet zone."""
    return segno.make(link, error="m").svg_inline(
        scale=1, border=2, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
