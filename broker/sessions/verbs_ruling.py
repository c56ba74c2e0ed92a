"""Arbitration: a curator finds how a session's money is divided, whatever was decided before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker.sessions import journal, store
from broker.sessions.closing import settled, settled_fact, sides, sums_of
from broker.sessions.errors import BadSession, CommentNeeded, WrongState
from broker.sessions.session import Session, State, Sums, clean_comment
from broker.sessions.verbs_company import team_of
from ledger import (
    WHOLE_BP,
    Account,
    AccountKind,
    Money,
    Outcome,
    Portion,
    RuledOtherwise,
    Share,
    Terms,
    apportion,
)

LISTED_MAX = 200


async def rule(
    db: AsyncConnection,
    number: str,
    ruling: str,
    platform_bp: int,
    host_bp: int,
    comment: str,
    at: datetime,
    cap_minor: int | None = None,
) -> Session:
    """A curator's finding: shares in basis points of what was charged, the client has the rest.

    With `cap_minor` the service costs the client that at most, and the shares are of it. It
    replaces whatever was decided before, settled or not. `ruling` names it: the same again changes
    nothing, another one goes on from there. What cannot be taken back any more is not in the sums.
    Raises: SessionUnknown, WrongState, CommentNeeded, BadSession, RuledOtherwise.
    """
    found = await store.lock(db, number)
    text = clean_comment(comment)
    if not text:
        raise CommentNeeded(number)
    team = await team_of(db, found)
    payer, terms, shares = _finding(found, platform_bp, host_bp, cap_minor, team)
    wanted = {"platform_bp": platform_bp, "host_bp": host_bp, "cap_minor": cap_minor}
    known = await ruling_of(db, number, ruling)
    if known is not None:
        if {name: known.get(name) for name in wanted} != wanted:
            raise RuledOtherwise(ruling, _shares_text(known))
        return found
    done = await ledger.rule(db, number, ruling, payer, terms, Outcome.RULED, at, shares)
    ruled, sums = replace(found, outcome="ruled", outcome_comment=text), sums_of(done.settlement)
    unsettled = found.state is State.ENDED
    ruled = settled(ruled, sums, at) if unsettled else replace(ruled, sums=sums)
    body: dict[str, Any] = {
        "outcome": "ruled",
        "comment": text,
        "by": "curator",
        "ruling": ruling,
        "short_minor": done.short.minor,
    }
    body |= {name: one for name, one in wanted.items() if one is not None}
    await store.save_session(db, ruled)
    dispute = await store.dispute_of(db, number)
    if dispute is not None and dispute.ruled_at is None:
        await store.put_dispute(db, replace(dispute, ruled_at=at))
    await journal.write(db, number, [("outcome", body), settled_fact(ruled, sums)], at)
    return ruled


async def foresee(
    db: AsyncConnection,
    number: str,
    platform_bp: int,
    host_bp: int,
    cap_minor: int | None = None,
) -> tuple[Sums, int]:
    """How `rule` would leave the money, and what could not be taken back. Changes nothing.

    Raises: SessionUnknown, WrongState, BadSession.
    """
    found = await store.load(db, number)
    team = await team_of(db, found)
    payer, terms, shares = _finding(found, platform_bp, host_bp, cap_minor, team)
    done = await ledger.foresee(db, number, payer, terms, Outcome.RULED, shares)
    return sums_of(done.settlement), done.short.minor


async def ruling_of(db: AsyncConnection, number: str, ruling: str) -> Mapping[str, Any] | None:
    """What the record says of a ruling; None when there was none of that name."""
    for fact in await journal.facts(db, number):
        if fact.kind == "outcome" and fact.body.get("ruling") == ruling:
            return fact.body
    return None


async def contested(
    db: AsyncConnection, outcome: str = "unresolved", after: str = "", limit: int = 50
) -> list[Session]:
    """Sessions that the client paid for and found "unresolved", or that were "ruled": the longest
    waiting first, or the last ruled first; `after` is the number that the last page ended with."""
    return await store.contested(db, outcome, after, min(limit, LISTED_MAX))


async def said_by(db: AsyncConnection, client: str) -> tuple[int, int]:
    """Of a client's sessions that cost money: how many had an outcome, how many "not resolved"."""
    return await store.outcomes_of(db, client)


def _finding(
    found: Session,
    platform_bp: int,
    host_bp: int,
    cap_minor: int | None,
    team: tuple[Portion, ...],
) -> tuple[Account, Terms, list[Share]]:
    """Raises: WrongState, BadSession."""
    if found.payer != "client" or found.state not in (State.ENDED, State.SETTLED):
        raise WrongState(found.number, found.state.value, "rule")
    if min(platform_bp, host_bp) < 0 or platform_bp + host_bp > WHOLE_BP:
        raise BadSession("shares", "are parts of the whole")
    if cap_minor is not None and cap_minor < 0:
        raise BadSession("cap", "below zero")
    payer, terms = sides(found, team)
    ours = Account(AccountKind.COMMISSION, "", payer.currency)
    shares = [Share(ours, platform_bp), *_among(terms, host_bp)]
    return payer, replace(terms, cap_minor=cap_minor), shares


def _among(terms: Terms, bp: int) -> list[Share]:
    """The consultants' share, divided as it was when a consilium was agreed."""
    if not terms.team or not bp:
        return [Share(terms.provider, bp)]
    parts = apportion(Money(bp), [one.weight for one in terms.team])
    return [Share(one.payee, part.minor) for one, part in zip(terms.team, parts, strict=True)]


def _shares_text(body: Mapping[str, Any]) -> str:
    return f"platform {body.get('platform_bp')}, host {body.get('host_bp')} basis points"
