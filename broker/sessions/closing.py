"""The end of a session and its money: ended, decided, settled."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker.sessions import journal, store
from broker.sessions.errors import AlreadyDecided, BadSession, CommentNeeded, WrongState
from broker.sessions.session import (
    Role,
    Session,
    State,
    Sums,
    Trigger,
    after,
    clean_comment,
)
from broker.sessions.verbs_company import seen_facts, team_of
from broker.sessions.verbs_recording import end_recordings
from ledger import Account, AccountKind, Outcome, Portion, Settlement, Terms, settle

RESULT_CHARS_MAX = 500
_Fact = tuple[str, Mapping[str, Any]]


async def end(
    db: AsyncConnection,
    found: Session,
    by: Role | None,
    cause: str,
    clock_s: int | None,
    at: datetime,
) -> Session:
    """A locked session comes to its end; its meter has stopped."""
    charged_minor, counted_s = await _charged(db, found.number)
    clock_s = counted_s if clock_s is None else clock_s
    due_at = None
    if found.payer == "client" and charged_minor:
        due_at = at + timedelta(seconds=found.tariff.dispute_window_s)
    ended = replace(
        after(found, Trigger.END, cause),
        ended_at=at,
        ended_by=by,
        clock_s=clock_s,
        paused_at=None,
        paused_by=None,
        outcome_due_at=due_at,
    )
    body = {
        "cause": cause,
        "by": by,
        "clock_s": clock_s,
        "charged_minor": charged_minor,
        "currency": found.tariff.currency,
    }
    news = [
        *await end_recordings(db, found.number, "ended", at),
        *await _cosigned(db, found.number),
    ]
    news.append(("ended", body))
    news += await seen_facts(db, found.number)
    if due_at is None:
        sums = Sums(charged_minor, charged_minor, 0, 0)
        ended = settled(ended, sums, at)
        news.append(settled_fact(ended, sums))
    await store.save_session(db, ended)
    await journal.write(db, found.number, news, at)
    return ended


async def _charged(db: AsyncConnection, number: str) -> tuple[int, int]:
    """(charged minor units, witnessed seconds); zeroes when no meter was ever armed."""
    try:
        meter = await metering.load(db, number)
    except metering.UnknownMeter:
        return 0, 0
    return meter.charged_minor, meter.clock_s


async def _cosigned(db: AsyncConnection, number: str) -> list[_Fact]:
    """How many signatures there are under the receipts, and the hash that stands for all."""
    last = await metering.last_cosignature(db, number)
    return [] if last is None else [("cosigned", {"count": last.seq, "head": last.hash})]


async def report_result(
    db: AsyncConnection, number: str, result: str, comment: str, at: datetime
) -> Session:
    """What the host says was done; may be said again, and each time is a fact.

    Raises: SessionUnknown, WrongState, BadSession.
    """
    found = await store.lock(db, number)
    if found.state not in (State.ENDED, State.SETTLED):
        raise WrongState(number, found.state.value, "result")
    text = clean_comment(result, "result", RESULT_CHARS_MAX)
    if not text:
        raise BadSession("result", "empty")
    said = replace(found, result=text, result_comment=clean_comment(comment))
    if said == found:
        return found
    await store.save_session(db, said)
    body = {"result": text, "comment": said.result_comment}
    await journal.write(db, number, [("result", body)], at)
    return said


async def decide(
    db: AsyncConnection, number: str, outcome: Outcome, comment: str, at: datetime
) -> Session:
    """The client's word: resolved or not; money in escrow is divided by it at once.

    The same word again changes nothing. Raises: SessionUnknown, WrongState, CommentNeeded,
    AlreadyDecided, BadSession.
    """
    if outcome is Outcome.RULED:
        raise BadSession("outcome", "only a curator rules")
    found = await store.lock(db, number)
    text = clean_comment(comment)
    if outcome is Outcome.UNRESOLVED and not text:
        raise CommentNeeded(number)
    if found.outcome is not None:
        if found.outcome == outcome.value:
            return found
        raise AlreadyDecided(number, found.outcome)
    if found.state not in (State.ENDED, State.SETTLED):
        raise WrongState(number, found.state.value, "decide")
    return await _close(db, found, outcome, text, "client", at)


async def due_to_settle(db: AsyncConnection, at: datetime) -> list[str]:
    """Numbers of ended sessions whose client was silent for the length of the dispute window."""
    return [due.number for due in await store.sessions_in(db, [State.ENDED], due_by=at)]


async def settle_due(db: AsyncConnection, number: str, at: datetime) -> Session | None:
    """Such silence means resolved; None when somebody else decided meanwhile, or it is not due.

    Raises: SessionUnknown.
    """
    found = await store.lock(db, number)
    due_at = found.outcome_due_at
    if found.state is not State.ENDED or due_at is None or due_at > at:
        return None
    return await _close(db, found, Outcome.RESOLVED, "", "silence", at)


async def _close(
    db: AsyncConnection, found: Session, outcome: Outcome, comment: str, by: str, at: datetime
) -> Session:
    closed = replace(found, outcome=outcome.value, outcome_comment=comment)
    news: list[_Fact] = [("outcome", {"outcome": outcome.value, "comment": comment, "by": by})]
    if found.state is State.ENDED:
        sums = await _divide(db, found, outcome, at)
        closed = settled(closed, sums, at)
        news.append(settled_fact(closed, sums))
    if outcome is Outcome.UNRESOLVED:
        back = await metering.return_seconds(db, found.number, found.tariff.kept_bp, at)
        if back:
            seconds = sum(seconds for _, seconds in back)
            news.append(("seconds_back", {"seconds": seconds}))
    await store.save_session(db, closed)
    await journal.write(db, found.number, news, at)
    return closed


async def _divide(db: AsyncConnection, found: Session, outcome: Outcome, at: datetime) -> Sums:
    """Empty the escrow by the shares of the frozen tariff."""
    payer, terms = sides(found, await team_of(db, found))
    return sums_of(await settle(db, found.number, payer, terms, outcome, at))


def sides(found: Session, team: tuple[Portion, ...] = ()) -> tuple[Account, Terms]:
    """Who paid, and what the frozen tariff promised to whom; `team` of a consilium."""
    tariff = found.tariff
    assert found.client is not None
    terms = Terms(
        provider=Account(AccountKind.EARNINGS, found.host, tariff.currency),
        provider_bp=tariff.provider_bp,
        kept_bp=tariff.kept_bp,
        kept_provider_bp=tariff.kept_provider_bp,
        team=team,
    )
    return Account(AccountKind.PREPAID, found.client, tariff.currency), terms


def sums_of(done: Settlement) -> Sums:
    """How a settlement or a ruling left the money."""
    return Sums(done.total.minor, done.platform.minor, done.provider.minor, done.refunded.minor)


def settled(session: Session, sums: Sums, at: datetime) -> Session:
    """An ended session after its money was divided."""
    return replace(after(session, Trigger.SETTLE, session.cause), settled_at=at, sums=sums)


def settled_fact(session: Session, sums: Sums) -> _Fact:
    """The same for the record."""
    return ("settled", asdict(sums) | {"currency": session.tariff.currency})
