"""Keys of those who sign receipts, their signatures, and who has been silent for too long.

The caller holds the session's lock where something is written: links of one chain come one by one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from metering import store_cosigning as store
from metering.cosigning import (
    KEY_BYTES,
    SIGNATURE_BYTES,
    Cosignature,
    Cosigner,
    Stand,
    has_signed,
    is_excused,
    is_key,
    is_silent,
    key_of,
    proves,
    unwired,
)
from metering.errors import AlreadySigned, BadSignature, KeyChanged, KeyRefused, ReceiptUnknown
from metering.receipts import FIRST_PREV, Receipt, Sign
from metering.store import load_meters

SILENT_RECEIPTS = 2


class Counter(NamedTuple):
    """Our half: the public Ed25519 key (hex) and what signs 32 bytes with its secret half."""

    key: str
    sign: Sign


class Signing(NamedTuple):
    """How a session stands: what was said of its legs; of the asked ones, which have a key and
    receipts to sign with it, and which are silent."""

    cosigners: tuple[Cosigner, ...]
    behind: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


async def add_cosigner(
    db: AsyncConnection, session: str, leg: str, key: str, proof: str, at: datetime
) -> str | None:
    """Take in a leg's key and its proof (base64url both); the key as hex, None if it is known.

    Raises: KeyRefused (no key, or not the sender's), KeyChanged (the leg has another).
    """
    raw, shown = unwired(key, KEY_BYTES), unwired(proof, SIGNATURE_BYTES)
    if raw is None or shown is None or not is_key(raw) or not proves(raw, session, leg, shown):
        raise KeyRefused(session, leg)
    known = key_of(leg, await cosigners(db, session))
    if known == raw:
        return None
    if known is not None:
        raise KeyChanged(session, leg)
    said = Cosigner(leg, Stand.SIGNS, key=raw.hex(), by=leg)
    await store.add_cosigner(db, session, said, at)
    return raw.hex()


async def cannot_cosign(
    db: AsyncConnection, session: str, leg: str, why: str, at: datetime
) -> bool:
    """A leg without a key says that it can have none; whether that is news."""
    if any(one.leg == leg for one in await cosigners(db, session)):
        return False
    await store.add_cosigner(db, session, Cosigner(leg, Stand.CANNOT, why=why, by=leg), at)
    return True


async def waive_cosigner(
    db: AsyncConnection, session: str, leg: str, by: str, at: datetime
) -> bool:
    """`by` goes on without the leg's signatures; whether that is news."""
    said = await cosigners(db, session)
    if any(one.leg == leg and one.stand is Stand.WAIVED for one in said):
        return False
    await store.add_cosigner(db, session, Cosigner(leg, Stand.WAIVED, by=by), at)
    return True


async def cosign(
    db: AsyncConnection,
    session: str,
    leg: str,
    n: int,
    signature: str,
    at: datetime,
    counter: Counter,
) -> Cosignature:
    """Take in a leg's signature (base64url) of the receipt of increment `n`, and answer it with
    ours.

    Raises: KeyRefused (the leg has no key), ReceiptUnknown, BadSignature (of another receipt, by
    another key), AlreadySigned.
    """
    key, raw = key_of(leg, await cosigners(db, session)), unwired(signature, SIGNATURE_BYTES)
    if key is None:
        raise KeyRefused(session, leg)
    found = await store.receipts_after(db, session, n - 1, 1)
    if not found or found[0].n != n:
        raise ReceiptUnknown(session, leg, n)
    if raw is None or not has_signed(key, found[0].digest, raw):
        raise BadSignature(session, leg, n)
    if await store.is_signed(db, session, leg, n):
        raise AlreadySigned(session, leg, n)
    last = await store.last_cosignature(db, session)
    seq, prev = (last.seq + 1, last.hash) if last else (1, FIRST_PREV)
    moment = store.instant(at)
    link = Cosignature(session, seq, n, leg, found[0].hash, raw.hex(), moment, prev, counter.key)
    link = link._replace(counter=counter.sign(link.digest).hex())
    await store.add_cosignature(db, link, at)
    return link


async def cosigners(db: AsyncConnection, session: str) -> tuple[Cosigner, ...]:
    """What was said of a session's legs, in the order it was said."""
    return (await store.cosigners_of(db, [session]))[session]


async def cosignatures(db: AsyncConnection, session: str) -> list[Cosignature]:
    """The chain of a session's signatures."""
    return await store.cosignatures_of(db, session)


async def last_cosignature(db: AsyncConnection, session: str) -> Cosignature | None:
    """Its last link, whose hash stands for all of them."""
    return await store.last_cosignature(db, session)


async def who_signed(db: AsyncConnection, session: str) -> dict[int, tuple[str, ...]]:
    """The legs that signed each increment, by its number."""
    return await store.who_signed(db, session)


async def unsigned(db: AsyncConnection, session: str, leg: str, most: int) -> list[Receipt]:
    """The newest receipts that a leg has still to sign, in order."""
    last = (await store.last_signed(db, [session])).get((session, leg), 0)
    return await store.receipts_after(db, session, last, most, last=True)


async def signing_of_each(
    db: AsyncConnection, sessions: Sequence[str], legs: Sequence[str]
) -> dict[str, Signing]:
    """How sessions stand whose receipts these legs are asked to sign."""
    said = await store.cosigners_of(db, sessions)
    signed = await store.last_signed(db, sessions)
    found = {name: Signing(said[name]) for name in sessions}
    for meter in await load_meters(db, sessions):
        silent, behind = [], []
        for leg in legs:
            last = signed.get((meter.session, leg), 0)
            if last < meter.ticks and key_of(leg, said[meter.session]) is not None:
                behind.append(leg)
            if meter.ticks - last < SILENT_RECEIPTS or is_excused(leg, said[meter.session]):
                continue  # spares a query for nearly everybody
            tail = await store.receipts_after(db, meter.session, last, SILENT_RECEIPTS)
            if is_silent(meter.clock_s, [one.from_s for one in tail]):
                silent.append(leg)
        found[meter.session] = Signing(said[meter.session], tuple(behind), tuple(silent))
    return found
