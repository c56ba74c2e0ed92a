"""An invitation as its maker sees it: with the link and its QR code."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import Invite, Session
from ledger import Money
from metering import price_tag
from web.links import link_to, qr_of, token_for
from web.settings import Settings
from web.shapes import InviteView


async def open_invite(db: AsyncConnection, number: str, at: datetime) -> Invite | None:
    """The invite of a session that still opens it, the latest if there are several."""
    found = [one for one in await sessions.invites_of(db, number) if one.revoked_at is None]
    return found[-1] if found and at < found[-1].expires_at else None


async def link_of(
    db: AsyncConnection, settings: Settings, session: Session, invite: Invite, at: datetime
) -> str:
    """The link, made once more; empty when it cannot be, or opens nothing any more."""
    token = token_for(settings, invite.id)
    try:
        found, _session = await sessions.invite_by_token(db, token, at)
    except sessions.errors.SessionsError:
        return ""
    return link_to(settings, token) if found.id == invite.id else ""


async def view_of(
    db: AsyncConnection, settings: Settings, session: Session, invite: Invite, at: datetime
) -> InviteView:
    tariff, link = session.tariff, await link_of(db, settings, session, invite, at)
    own_client = session.payer == "host" and session.rate_minor
    return InviteView(
        id=invite.id,
        session=session.number,
        topic=session.topic,
        plan=session.plan,
        rate=price_tag(tariff, at),
        invoice_rate=Money(session.rate_minor, tariff.currency) if own_client else None,
        link=link,
        qr=qr_of(link) if link else "",
        valid_until=invite.expires_at,
        state=session.state.value,
        other=session.client_name or "",
    )
