"""Invitation links that can be shown again although only their hash is stored.

The token of an invite is made from the server's secret and the invite's random id, so the host's
own pages can make it once more; the database alone gives no link away, and no two are alike.
"""

import base64
import hashlib
import hmac
from uuid import uuid4

import segno

from web.settings import Settings

TOKEN_BYTES = 21  # 168 bits, 28 characters


def new_invite(settings: Settings) -> tuple[str, str]:
    """Id and token of an invite that is about to be made."""
    id = uuid4().hex
    return id, token_for(settings, id)


def token_for(settings: Settings, invite_id: str) -> str:
    """The token of an invite, the same every time."""
    key = settings.secret.derive("invites").encode()
    made = hmac.digest(key, invite_id.encode(), hashlib.sha256)[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(made).decode()


def link_to(settings: Settings, token: str) -> str:
    return f"{settings.origin}/i/{token}"


def qr_of(link: str) -> str:
    """The link as an inline SVG, black on white, with its quiet zone."""
    return segno.make(link, error="m").svg_inline(
        scale=1, border=2, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
