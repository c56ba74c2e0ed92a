"""The chain of receipts: what holds, and what a stranger can prove."""

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import Receipt, observe, receipt_faults, receipts
from metering.receipts import FIRST_PREV
from tests.metering.books import SESSION, T0, at, begin, seconds

PINNED = "85a3b7f96044ee79924b74a49288a668b4c7064ff99fd43135a69895a76f1921"


def chain(count: int) -> list[Receipt]:
    found: list[Receipt] = []
    for n in range(1, count + 1):
        prev = found[-1].hash if found else FIRST_PREV
        span = (60 * n - 60, 60 * n)
        found.append(Receipt(SESSION, n, *span, 20_00, 20_00 * n, "RUB", T0 + span[0], prev))
    return found


def test_the_first_hash_never_changes() -> None:
    """Pinned: a change here breaks every receipt ever given."""
    assert chain(1)[0].hash == PINNED


def test_a_chain_holds() -> None:
    assert receipt_faults([]) == []
    assert receipt_faults(chain(3)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 1},
        {"total_minor": 1},
        {"from_s": 61},
        {"second": T0},
        {"session": "S-2026-000009"},
        {"prev": FIRST_PREV},
        {"n": 9},
    ],
)
def test_any_change_is_seen(change: dict[str, int]) -> None:
    found = chain(3)
    found[1] = found[1]._replace(**change)
    assert receipt_faults(found) != []


async def test_the_server_signs_each_receipt(db: AsyncConnection) -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    await begin(db, 100_00)
    await observe(db, SESSION, seconds(0, 130), at(131), sign=key.sign)
    found = await receipts(db, SESSION)
    assert receipt_faults(found, public) == []
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert len(receipt_faults(found, other)) == 3
    assert receipt_faults([found[0]._replace(signature=None)], public) != []


@given(st.text(max_size=20))
def test_the_canonical_form_is_rfc_8785s(session: str) -> None:
    receipt = chain(1)[0]._replace(session=session)
    assert receipt.canonical.encode() == rfc8785.dumps(receipt.body)
