"""Receipts signed by both ends: keys, signatures, and the pause where one of them stays silent.

Signers are legs of the session's room, named as the relay names them. Order of locks while the
meter runs: the meter first, then the session.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker.sessions import journal, store
from broker.sessions.errors import NotYours, WrongState
from broker.sessions.session import (
    BEFORE_START,
    OPEN,
    STARTED,
    Role,
    Session,
    State,
    Trigger,
    after,
    may,
)
from broker.sessions.verbs_meter import back_to_life

CAUSE_UNSIGNED = "unsigned"
CAUSE_SIGNED = "signed"
SIGNERS: tuple[Role, ...] = ("host", "client")

_Fact = tuple[str, Mapping[str, Any]]


async def bring_key(
    db: AsyncConnection, number: str, leg: str, key: str, proof: str, at: datetime
) -> bool:
    """A leg's public key, with the proof that it is the leg's; whether that is news.

    Raises: SessionUnknown, WrongState, KeyRefused, KeyChanged (metering's).
    """
    found = await store.lock(db, number)
    if found.state not in OPEN:
        raise WrongState(number, found.state.value, "bring a key")
    taken = await metering.add_cosigner(db, number, leg, key, proof, at)
    if taken is not None:
        await journal.write(db, number, [("cosigner", {"by": leg, "key": taken})], at)
    return taken is not None


async def bring_no_key(db: AsyncConnection, number: str, leg: str, why: str, at: datetime) -> bool:
    """A leg says before the start that it can have no key: its minutes will be unsigned.

    Whether that is news. Raises: SessionUnknown, WrongState after the start, for then nobody who
    has agreed to signatures could be left without them.
    """
    found = await store.lock(db, number)
    if found.state not in BEFORE_START:
        raise WrongState(number, found.state.value, "bring no key")
    news = await metering.cannot_cosign(db, number, leg, why, at)
    if news:
        await journal.write(db, number, [("cosigner_cannot", {"by": leg, "why": why})], at)
    return news


async def cosign(
    db: AsyncConnection,
    number: str,
    leg: str,
    n: int,
    signature: str,
    at: datetime,
    counter: metering.Counter,
) -> metering.Cosignature:
    """A leg's signature of the receipt of increment `n`, answered by ours.

    Raises: SessionUnknown, WrongState, and metering's CosigningRefused.
    """
    found = await store.lock(db, number)
    if found.state not in STARTED:
        raise WrongState(number, found.state.value, "sign")
    return await metering.cosign(db, number, leg, n, signature, at, counter)


async def go_on_unsigned(
    db: AsyncConnection, number: str, by: Role, leg: str, at: datetime
) -> Session:
    """`by` lets the other side be without signatures from now on; the meter goes on.

    Raises: SessionUnknown, WrongState, NotYours (about oneself, or somebody who need not sign).
    """
    if leg == by or leg not in SIGNERS:
        raise NotYours(number, by)
    found = await store.lock(db, number)
    if found.state not in STARTED:
        raise WrongState(number, found.state.value, "go on unsigned")
    if await metering.waive_cosigner(db, number, leg, by, at):
        await journal.write(db, number, [("cosigner_waived", {"leg": leg, "by": by})], at)
    return found


async def pause_unsigned(db: AsyncConnection, number: str, leg: str, at: datetime) -> bool:
    """The clock stops: `leg` has left two minutes unsigned. Whether it ran until now.

    Raises: SessionUnknown.
    """
    found = await store.load(db, number)
    if found.state is State.PAUSED or not may(found.state, Trigger.PAUSE):
        return False
    try:
        await metering.pause(db, number, CAUSE_UNSIGNED, at)
    except metering.WrongState:
        return False  # the loop has stopped it a moment ago
    found = await store.lock(db, number)
    if found.state is State.PAUSED or not may(found.state, Trigger.PAUSE):
        return False
    paused = replace(after(found, Trigger.PAUSE, CAUSE_UNSIGNED), paused_at=at, paused_by=None)
    await store.save_session(db, paused)
    body = {"cause": CAUSE_UNSIGNED, "by": leg, "since": int(at.timestamp())}
    await journal.write(db, number, [("paused", body)], at)
    return True


async def resume_signed(db: AsyncConnection, number: str, at: datetime) -> bool:
    """The clock goes on where it stood for want of signatures. Whether it stood for that.

    Raises: SessionUnknown.
    """
    if not _stands_unsigned(await store.load(db, number)):
        return False
    try:
        await metering.resume(db, number, at)
    except metering.WrongState:
        return False
    found = await store.lock(db, number)
    if not _stands_unsigned(found):
        return False
    await store.save_session(db, await back_to_life(db, found))
    await journal.write(db, number, [("resumed", {"cause": CAUSE_SIGNED, "by": None})], at)
    return True


def _stands_unsigned(found: Session) -> bool:
    return found.state is State.PAUSED and found.cause == CAUSE_UNSIGNED
