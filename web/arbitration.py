"""Carries a ruling out: the money, the consultant's bonus or penalty, the audit row, the letters
and the papers, all in one transaction."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker import notices, parties, sessions
from broker.sessions import Session, Sums
from ledger import Appraisal, InsufficientFunds, Money, PenaltyTooHigh, TryAgain, control
from ledger.control import Actor, Approval, NothingSaid
from web import papers, trail
from web.errors import Forbidden
from web.keys import SETTINGS
from web.rulings import Asked, change_of, earnings_of, sums_now
from web.shapes_rulings import Part, Preview
from web.words import change_text, money_text

ACTION = "ruling"


class RulingRefused(Exception):
    """A field of the form cannot be had. field: its name; why: a code; most: the largest sum."""

    def __init__(self, field: str, why: str, most: Money) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why, self.most = field, why, most


def subject_of(number: str, ruling: str) -> str:
    """Under which a ruling is proposed to a second person."""
    return f"session:{number}:{ruling}"


def require_stranger(session: Session, actor: Actor) -> None:
    """Nobody rules on a session of his own. Raises: Forbidden."""
    if actor.party in (session.host, session.client):
        raise Forbidden("own_session")


async def preview_of(db: AsyncConnection, session: Session, asked: Asked) -> Preview:
    """What the ruling would do now. Raises: WrongState, BadSession, RulingRefused."""
    cap = asked.cap.minor if asked.cap else None
    after, short = await sessions.foresee(db, session.number, asked.platform_bp, asked.host_bp, cap)
    await _require_change(db, session, asked.change, after)
    currency, now = session.tariff.currency, sums_now(session)
    sides = (
        ("platform", now.platform_minor, after.platform_minor),
        ("consultant", now.provider_minor, after.provider_minor),
        ("client", now.refunded_minor, after.refunded_minor),
    )
    moved = sum(max(then - was, 0) for _, was, then in sides) + abs(asked.change.minor)
    most = await control.limit_of(db, f"{ACTION}.two_persons", currency)
    second = most if most is not None and moved > most.minor else None
    return Preview(
        parts=tuple(
            Part(to, Money(was, currency), Money(then, currency), Money(then - was, currency))
            for to, was, then in sides
        ),
        total=Money(after.total_minor, currency),
        short=Money(short, currency),
        change=asked.change,
        moved=Money(moved, currency),
        second=second,
        seen="-".join(str(one) for one in (*(s[2] for s in sides), short, asked.change.minor)),
    )


async def _require_change(
    db: AsyncConnection, session: Session, change: Money, after: Sums
) -> None:
    if not change.minor:
        return
    given = await change_of(db, session)
    if given.minor:
        raise RulingRefused("amount", "given", given)
    pay = Money(after.provider_minor, change.currency)
    if -change > pay:
        raise RulingRefused("amount", "pay", pay)
    there = (await ledger.balance(db, ledger.budget(change.currency))).available
    if change > there:
        raise RulingRefused("amount", "budget", there)


async def propose(
    db: AsyncConnection,
    session: Session,
    ruling: str,
    asked: Asked,
    moved: Money,
    actor: Actor,
    why: str,
    at: datetime,
) -> Approval:
    """Leave for a ruling: at once up to the limit, else when a second person agrees.

    Raises: NothingSaid, ApprovalConflict.
    """
    if not why.strip():
        raise NothingSaid(ACTION)
    subject, facts = subject_of(session.number, ruling), asked.facts()
    return await control.propose(db, ACTION, subject, moved, actor, why, at, facts=facts)


async def carry_out(
    app: web.Application,
    db: AsyncConnection,
    session: Session,
    ruling: str,
    asked: Asked,
    preview: Preview,
    actor: Actor,
    why: str,
    at: datetime,
) -> Session:
    """Rule, in the caller's transaction, in which `preview` was made; what comes out is that.

    Raises: RuledOtherwise, WrongState, BadSession, CommentNeeded, RulingRefused, TryAgain.
    """
    cap = asked.cap.minor if asked.cap else None
    ruled = await sessions.rule(
        db, session.number, ruling, asked.platform_bp, asked.host_bp, why, at, cap
    )
    done = sums_now(ruled)
    if [part.after.minor for part in preview.parts] != [
        done.platform_minor,
        done.provider_minor,
        done.refunded_minor,
    ]:
        raise TryAgain(f"ruling:{session.number}")
    if asked.change.minor:
        await _appraise(db, session, asked.change, at)
    await trail.ruled(db, actor, ruled, ruling, asked.facts(), preview, why, at)
    await _tell(app, db, ruled, ruling, asked.change, why, at)
    await papers.due(db, session.number, at)
    return ruled


async def _appraise(db: AsyncConnection, session: Session, change: Money, at: datetime) -> None:
    """Raises: RulingRefused."""
    try:
        await ledger.appraise(db, Appraisal(session.number, earnings_of(session), change), at)
    except PenaltyTooHigh as error:
        raise RulingRefused("amount", "pay", error.pay) from error
    except InsufficientFunds as error:
        raise RulingRefused("amount", "budget", error.available) from error


async def _tell(
    app: web.Application,
    db: AsyncConnection,
    session: Session,
    ruling: str,
    change: Money,
    why: str,
    at: datetime,
) -> None:
    """Both sides: what of the session's money is theirs now, and why."""
    sums, currency = sums_now(session), session.tariff.currency
    mine = {"host": sums.provider_minor, "client": sums.refunded_minor}
    told = {}
    for role, party in (("host", session.host), ("client", session.client)):
        if party is None:
            continue
        locale = (await parties.party(db, party)).locale
        told[role] = {
            "sum": money_text(Money(mine[role], currency), locale),
            "total": money_text(Money(sums.total_minor, currency), locale),
            "change": change_text(change, locale) if change.minor else "\u2014",
            "why": why,
        }
    url = f"{app[SETTINGS].origin}/sessions/{session.number}"
    await notices.ruling_made(db, session.number, ruling, told, url, at)
