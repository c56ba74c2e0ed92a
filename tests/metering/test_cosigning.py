"""Signatures of both ends under receipts: what is taken in, what is refused, what is seen."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from metering import Cosignature, Cosigner, Counter, Stand, cosigning_faults, observe
from metering.cosigning import is_excused, is_key, is_silent, unwired, wired
from tests.metering.books import OTHER, SESSION, at, begin, seconds
from web.pen import Pen

SECRET = Ed25519PrivateKey.generate()
COUNTER = Counter(SECRET.public_key().public_bytes_raw().hex(), SECRET.sign)
LEGS = ("host", "client")


async def pens(db: AsyncConnection, minutes: int = 3) -> dict[str, Pen]:
    """A session of so many charged minutes; both ends have brought their keys."""
    await begin(db, 500_00)
    found = {leg: Pen(SESSION) for leg in LEGS}
    for leg, pen in found.items():
        assert await metering.add_cosigner(db, SESSION, leg, **pen.introduction(leg), at=at(0))
    await observe(db, SESSION, seconds(0, 60 * minutes - 10), at(60 * minutes))
    return found


async def sign(db: AsyncConnection, pen: Pen, leg: str, n: int) -> Cosignature:
    [receipt] = [one for one in await metering.receipts(db, SESSION) if one.n == n]
    text = pen.signature(receipt.canonical.encode())
    return await metering.cosign(db, SESSION, leg, n, text, at(60 * n), COUNTER)


async def chain_of(db: AsyncConnection) -> tuple[list[Cosignature], tuple[Cosigner, ...]]:
    return await metering.cosignatures(db, SESSION), await metering.cosigners(db, SESSION)


async def faults(
    db: AsyncConnection, chain: list[Cosignature], said: tuple[Cosigner, ...]
) -> list[str]:
    receipts = {one.n: one.hash for one in await metering.receipts(db, SESSION)}
    return cosigning_faults(SESSION, chain, said, receipts)


async def test_both_sign_every_minute(db: AsyncConnection) -> None:
    found = await pens(db)
    for n in (1, 2, 3):
        for leg in LEGS:
            await sign(db, found[leg], leg, n)
    assert await metering.who_signed(db, SESSION) == dict.fromkeys((1, 2, 3), ("client", "host"))
    chain, said = await chain_of(db)
    assert [link.seq for link in chain] == [1, 2, 3, 4, 5, 6]
    assert await faults(db, chain, said) == []
    assert await metering.unsigned(db, SESSION, "host", 10) == []


async def test_a_stranger_sees_every_change(db: AsyncConnection) -> None:
    found = await pens(db)
    for n in (1, 2):
        for leg in LEGS:
            await sign(db, found[leg], leg, n)
    chain, said = await chain_of(db)
    host, client = said
    moved = [chain[0]._replace(signature=chain[2].signature), *chain[1:]]
    swapped = (host._replace(key=client.key), client._replace(key=host.key))
    for broken, by in (
        (moved, said),
        (chain, swapped),
        (chain, (host,)),
        (chain[1:], said),
        ([chain[0], *chain[2:]], said),
        ([chain[0]._replace(n=2), *chain[1:]], said),
        ([chain[0]._replace(at="2026-01-01T00:00:00.000000Z"), *chain[1:]], said),
        ([chain[0]._replace(counter=chain[1].counter), *chain[1:]], said),
        ([*chain[:3], chain[3]._replace(node="00" * 32)], said),
        (chain, (*said, host._replace(key=client.key))),
    ):
        assert await faults(db, broken, by) != []


async def test_what_is_not_this_minutes_signature_is_refused(db: AsyncConnection) -> None:
    found = await pens(db)
    receipts = await metering.receipts(db, SESSION)

    async def refused(error: type[Exception], leg: str, n: int, signature: str) -> None:
        with pytest.raises(error):
            await metering.cosign(db, SESSION, leg, n, signature, at(200), COUNTER)

    good = found["host"].signature(receipts[0].canonical.encode())
    await refused(metering.BadSignature, "host", 2, good)
    await refused(metering.BadSignature, "client", 1, good)
    foreign = receipts[0]._replace(session=OTHER).canonical.encode()
    await refused(metering.BadSignature, "host", 1, found["host"].signature(foreign))
    for wrong in ("", "AA", "A" * 86, "A" * 85 + "!", good + "="):
        await refused(metering.BadSignature, "host", 1, wrong)
    await refused(metering.ReceiptUnknown, "host", 4, good)
    await refused(metering.ReceiptUnknown, "host", 0, good)
    await refused(metering.KeyRefused, "observer", 1, good)
    await metering.cosign(db, SESSION, "host", 1, good, at(200), COUNTER)
    await refused(metering.AlreadySigned, "host", 1, good)
    assert await metering.who_signed(db, SESSION) == {1: ("host",)}


async def test_a_leg_has_one_key_of_its_own(db: AsyncConnection) -> None:
    pen, other = Pen(SESSION), Pen(SESSION)
    mine = pen.introduction("host")
    assert await metering.add_cosigner(db, SESSION, "host", **mine, at=at(0)) == pen.key.hex()
    again = await metering.add_cosigner(db, SESSION, "host", **pen.introduction("host"), at=at(9))
    assert again is None
    with pytest.raises(metering.KeyChanged):
        await metering.add_cosigner(db, SESSION, "host", **other.introduction("host"), at=at(9))
    theirs = other.introduction("client")
    for leg, key, proof in (
        ("client", mine["key"], mine["proof"]),  # the other side's
        ("client", theirs["key"], mine["proof"]),
        ("client", wired(b"\4" + b"\1" * 64), theirs["proof"]),  # no point of the curve
        ("client", "", ""),
    ):
        with pytest.raises(metering.KeyRefused):
            await metering.add_cosigner(db, SESSION, leg, key, proof, at(0))
    elsewhere = other.introduction("client")
    with pytest.raises(metering.KeyRefused):
        await metering.add_cosigner(db, OTHER, "client", **elsewhere, at=at(0))


async def test_what_was_signed_is_never_changed(db: AsyncConnection) -> None:
    found = await pens(db)
    await sign(db, found["host"], "host", 1)
    for table in ("metering_cosignatures", "metering_cosigners"):
        with pytest.raises(DBAPIError, match="written once"):
            async with db.begin_nested():
                await db.execute(text(f"update {table} set leg = 'x'"))


async def silent(db: AsyncConnection) -> tuple[str, ...]:
    return (await metering.signing_of_each(db, [SESSION], LEGS))[SESSION].silent


async def test_two_unsigned_minutes_are_silence_and_signing_ends_it(db: AsyncConnection) -> None:
    found = await pens(db, minutes=2)  # 110 s are counted
    for n in (1, 2):
        await sign(db, found["host"], "host", n)
    await sign(db, found["client"], "client", 1)
    assert await silent(db) == ()
    await observe(db, SESSION, seconds(110, 140), at(141))
    await sign(db, found["host"], "host", 3)
    assert await silent(db) == ("client",)
    tail = await metering.unsigned(db, SESSION, "client", 2)
    assert [one.n for one in tail] == [2, 3]
    await sign(db, found["client"], "client", 3)
    assert await silent(db) == ()


async def test_whoever_has_a_key_is_behind_until_all_is_signed(db: AsyncConnection) -> None:
    async def behind(session: str = SESSION) -> tuple[str, ...]:
        return (await metering.signing_of_each(db, [session], LEGS))[session].behind

    found = await pens(db, minutes=2)
    assert await behind() == LEGS
    for n in (1, 2):
        await sign(db, found["host"], "host", n)
    assert await behind() == ("client",)
    for n in (1, 2):
        await sign(db, found["client"], "client", n)
    assert await behind() == ()
    assert await behind(OTHER) == ()


async def test_who_said_so_before_or_was_let_be_is_not_waited_for(db: AsyncConnection) -> None:
    await begin(db, 500_00)
    assert await metering.cannot_cosign(db, SESSION, "client", "no_crypto", at(0))
    assert not await metering.cannot_cosign(db, SESSION, "client", "no_crypto", at(1))
    await observe(db, SESSION, seconds(0, 170), at(171))
    assert await silent(db) == ("host",)
    assert await metering.waive_cosigner(db, SESSION, "host", "client", at(171))
    assert not await metering.waive_cosigner(db, SESSION, "host", "client", at(172))
    assert await silent(db) == ()
    pen = Pen(SESSION)  # the page was opened where it can sign after all
    await metering.add_cosigner(db, SESSION, "client", **pen.introduction("client"), at=at(172))
    assert await silent(db) == ("client",)


@pytest.mark.parametrize(
    ("clock_s", "unsigned", "late"),
    [
        (500, [], False),
        (500, [60], False),
        (139, [60, 120], False),
        (140, [60, 120], True),
        (79, [0, 1, 2], False),
        (80, [0, 1, 2], True),
        (319, [0, 300], False),
        (320, [0, 300], True),
    ],
)
def test_silence_by_the_billing_clock(clock_s: int, unsigned: list[int], late: bool) -> None:
    assert is_silent(clock_s, unsigned) is late


def test_a_later_key_takes_an_excuse_back_and_a_waiver_stays() -> None:
    cannot = Cosigner("client", Stand.CANNOT, "", "no_crypto", "client", "")
    signs = cannot._replace(stand=Stand.SIGNS, key=Pen(SESSION).key.hex())
    waived = cannot._replace(stand=Stand.WAIVED, by="host")
    assert is_excused("client", [cannot])
    assert not is_excused("client", [])
    assert not is_excused("client", [cannot, signs])
    assert is_excused("client", [cannot, signs, waived])
    assert not is_excused("host", [cannot])


def test_bytes_on_the_wire_have_one_spelling() -> None:
    key = Pen(SESSION).key
    assert unwired(wired(key), 65) == key
    assert is_key(key)
    assert unwired(wired(key) + "=", 65) is None
    assert unwired(wired(key), 64) is None
    assert unwired("AAF", 2) is None  # bits that no byte has
    assert not is_key(key[:33])
    assert not is_key(b"")
    compressed = bytes([2 + key[64] % 2]) + key[1:33]
    assert not is_key(compressed)
