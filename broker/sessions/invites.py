"""The link that opens a session to its client; we keep the hash of the token only."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.sessions.errors import BadSession, InviteExpired, InviteRevoked, InviteUsedUp

INVITE_LIFE = timedelta(days=7)
USES_MAX = 3
TOKEN_CHARS_MIN = 27  # 160 bits in base64url
TOKEN_CHARS_MAX = 128


@dataclass(frozen=True, slots=True)
class Invite:
    """`uses` counts the clients it let in; the same client coming back is not counted."""

    id: str
    session: str
    token_hash: str
    created_at: datetime
    expires_at: datetime
    uses_max: int = USES_MAX
    uses: int = 0
    revoked_at: datetime | None = None


def token_hash(token: str) -> str:
    return hashlib.sha256(b"minuta invite\0" + token.encode("utf-8", "replace")).hexdigest()


def mint(id: str, session: str, token: str, at: datetime) -> Invite:
    """A fresh invite for a token of at least 160 bits. Raises: BadSession."""
    check_token(token)
    return Invite(id, session, token_hash(token), at, at + INVITE_LIFE)


def check_token(token: str) -> None:
    """Raises: BadSession."""
    if not TOKEN_CHARS_MIN <= len(token) <= TOKEN_CHARS_MAX:
        raise BadSession("token", "not 160 bits")


def check(invite: Invite, at: datetime) -> None:
    """Raises: InviteRevoked, InviteExpired, InviteUsedUp, in this order."""
    if invite.revoked_at is not None:
        raise InviteRevoked(invite.session, invite.revoked_at)
    if at >= invite.expires_at:
        raise InviteExpired(invite.session, invite.expires_at)
    if invite.uses >= invite.uses_max:
        raise InviteUsedUp(invite.session, invite.uses_max)
