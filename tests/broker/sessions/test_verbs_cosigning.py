"""Keys, signatures, the pause for want of them, and what the record says of all that."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import sessions
from broker.sessions import Session, State, errors, journal
from tests.broker.builders import NOON, after, both_in, client_pays, go_live, talk_for
from web.pen import Pen

SECRET = Ed25519PrivateKey.generate()
COUNTER = metering.Counter(SECRET.public_key().public_bytes_raw().hex(), SECRET.sign)


async def told(db: AsyncConnection, number: str, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    facts = await journal.facts(db, number)
    journal.verify_chain(facts)
    return [(fact.kind, dict(fact.body)) for fact in facts if fact.kind in kinds]


async def begun(db: AsyncConnection) -> tuple[Session, Pen]:
    """The client pays; the host alone has brought a key, and three minutes were charged."""
    session, _, _ = await client_pays(db)
    await go_live(db, session.number)
    pen = Pen(session.number)
    assert await sessions.bring_key(db, session.number, "host", **pen.introduction("host"), at=NOON)
    await talk_for(db, session.number, 150)
    return session, pen


async def sign(db: AsyncConnection, number: str, pen: Pen, n: int) -> None:
    receipt = (await metering.receipts(db, number))[n - 1]
    text = pen.signature(receipt.canonical.encode())
    await sessions.cosign(db, number, "host", n, text, after(150), COUNTER)


async def test_the_record_names_the_key_and_the_head(db: AsyncConnection) -> None:
    session, pen = await begun(db)
    number = session.number
    assert not await sessions.bring_key(db, number, "host", **pen.introduction("host"), at=NOON)
    for n in (1, 2):
        await sign(db, number, pen, n)
    await sessions.hang_up(db, number, "host", "asked", after(151))
    last = await metering.last_cosignature(db, number)
    assert last is not None
    assert await told(db, number, "cosigner", "cosigned", "ended") == [
        ("cosigner", {"by": "host", "key": pen.key.hex()}),
        ("cosigned", {"count": 2, "head": last.hash}),
        (await told(db, number, "ended"))[0],
    ]
    with pytest.raises(errors.WrongState):
        await sign(db, number, pen, 3)
    with pytest.raises(errors.WrongState):
        await sessions.bring_key(
            db, number, "client", **Pen(number).introduction("client"), at=after(152)
        )


async def test_a_pause_for_signatures_is_nobodys_to_take_back(db: AsyncConnection) -> None:
    session, _ = await begun(db)
    number = session.number
    assert await sessions.pause_unsigned(db, number, "client", after(150))
    assert not await sessions.pause_unsigned(db, number, "client", after(151))
    found = await sessions.session(db, number)
    assert (found.state, found.cause, found.paused_by) == (State.PAUSED, "unsigned", None)
    assert (await sessions.resume(db, number, "host", after(152))).state is State.PAUSED
    await talk_for(db, number, 200)  # seen, and not counted
    assert (await metering.load(db, number)).clock_s == 150
    assert await sessions.resume_signed(db, number, after(200))
    assert not await sessions.resume_signed(db, number, after(200))
    assert (await sessions.session(db, number)).state is State.LIVE
    await talk_for(db, number, 210)
    assert (await metering.load(db, number)).clock_s == 160
    since = int(after(150).timestamp())
    assert await told(db, number, "paused", "resumed") == [
        ("paused", {"cause": "unsigned", "by": "client", "since": since}),
        ("resumed", {"cause": "signed", "by": None}),
    ]


async def test_a_pause_that_was_asked_for_is_not_ended_by_a_signature(db: AsyncConnection) -> None:
    session, _ = await begun(db)
    await sessions.pause(db, session.number, "host", after(150))
    assert not await sessions.pause_unsigned(db, session.number, "client", after(151))
    assert not await sessions.resume_signed(db, session.number, after(152))


async def test_only_the_other_side_lets_be(db: AsyncConnection) -> None:
    session, _ = await begun(db)
    for leg in ("host", "observer"):
        with pytest.raises(errors.NotYours):
            await sessions.go_on_unsigned(db, session.number, "host", leg, after(150))
    for _ in range(2):
        await sessions.go_on_unsigned(db, session.number, "host", "client", after(150))
    waived = [("cosigner_waived", {"leg": "client", "by": "host"})]
    assert await told(db, session.number, "cosigner_waived") == waived


async def test_who_can_have_no_key_says_so_before_the_start(db: AsyncConnection) -> None:
    session, _, _ = await client_pays(db)
    number = session.number
    await both_in(db, number)
    for news in (True, False):
        assert await sessions.bring_no_key(db, number, "client", "insecure_page", NOON) is news
    with pytest.raises(errors.WrongState):
        await sessions.go_on_unsigned(db, number, "host", "client", NOON)
    await sessions.press_start(db, number, "client", NOON)
    await sessions.press_start(db, number, "host", NOON)
    with pytest.raises(errors.WrongState):
        await sessions.bring_no_key(db, number, "host", "no_crypto", NOON)
