"""ICE servers for a participant: TURN addresses with credentials that expire.

The credentials follow the REST scheme that coturn calls `use-auth-secret`: the name is
`expiry:session.participant`, the password is base64(HMAC-SHA1(secret, name)). So an event of
the TURN server names our session without a lookup.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import TypedDict

from relay.engine import RelaySettings


class IceServer(TypedDict, total=False):
    """One entry of RTCConfiguration.iceServers."""

    urls: list[str]
    username: str
    credential: str


def credentials(secret: str, session: str, participant: str, expires_s: int) -> tuple[str, str]:
    """Name and password valid until the unix second `expires_s`.

    >>> credentials("secret", "S-1", "host", 1_800_000_000)
    ('1800000000:S-1.host', 'K82SXTwJti1U4Px3IXEAN9dj6jU=')
    """
    name = f"{expires_s}:{session}.{participant}"
    digest = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    return name, base64.b64encode(digest).decode()


def ice_servers(
    settings: RelaySettings, session: str, participant: str, at: datetime
) -> list[IceServer]:
    """The list for the browser; empty without TURN, since the relay itself is reachable."""
    if not settings.turn_urls or not settings.turn_secret:
        return []
    expires_s = int(at.timestamp()) + settings.turn_ttl_s
    name, password = credentials(settings.turn_secret, session, participant, expires_s)
    return [{"urls": list(settings.turn_urls), "username": name, "credential": password}]
