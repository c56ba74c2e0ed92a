"""Drafts, their fingerprints and their faults."""

import json
from dataclasses import fields, replace
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.accounts import Account, AccountKind
from ledger.errors import DraftRefused, InsufficientFunds, KeyConflict
from ledger.journals import Draft, Leg, Result, Status, canonical, fault_in, fingerprint
from tests.ledger.books import BOB, CASH, ESCROW, move, rub

DRAFT = move("a", BOB, ESCROW, 2000)


def test_every_fact_is_in_the_fingerprint() -> None:
    other = {
        "scope": "other",
        "key": "b",
        "kind": "other",
        "legs": (Leg(BOB, -1), Leg(ESCROW, 1)),
        "ref": "S-1",
        "memo": "m",
        "effective_on": date(2026, 1, 1),
        "reverses": "test:z",
        "posts_hold": "h",
    }
    assert set(other) == {field.name for field in fields(Draft)}
    changed = [replace(DRAFT, **{name: value}) for name, value in other.items()]  # type: ignore[arg-type]
    assert len({fingerprint(draft) for draft in [DRAFT, *changed]}) == len(changed) + 1
    assert fingerprint(DRAFT) == fingerprint(move("a", BOB, ESCROW, 2000))


@pytest.mark.parametrize("scope", ["", "A", "1a", "a:b", "a" * 33])
def test_scopes_are_plain_words(scope: str) -> None:
    assert fault_in(replace(DRAFT, scope=scope)) is Status.MALFORMED


def test_sizes_are_bounded() -> None:
    many = tuple(Leg(account, sign) for _ in range(50) for account, sign in ((BOB, -1), (CASH, 1)))
    assert fault_in(replace(DRAFT, legs=many)) is None
    more = (*many, Leg(BOB, -1), Leg(CASH, 1))
    assert fault_in(replace(DRAFT, legs=more)) is Status.MALFORMED
    assert fault_in(replace(DRAFT, key="k" * 201)) is Status.MALFORMED


def test_results_raise_what_they_mean() -> None:
    for fine in (Status.POSTED, Status.DUPLICATE):
        Result(fine, "test:a").raise_for_status()
        assert Result(fine).moved
    with pytest.raises(InsufficientFunds) as caught:
        Result(Status.INSUFFICIENT, None, BOB, 2000, 5).raise_for_status()
    assert (caught.value.account, caught.value.needed, caught.value.available) == (
        BOB,
        rub(2000),
        rub(5),
    )
    with pytest.raises(KeyConflict):
        Result(Status.CONFLICT, "test:a").raise_for_status()
    with pytest.raises(DraftRefused, match="unbalanced"):
        Result(Status.UNBALANCED).raise_for_status()


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(words, words, words, words, st.integers(-(2**63), 2**63), st.dates() | st.none())
def test_the_canonical_text_is_what_json_would_write(
    key: str, owner: str, memo: str, hold: str, minor: int, day: date | None
) -> None:
    """Fingerprints are kept for ever, so the text may never change."""
    account = Account(AccountKind.PREPAID, owner)
    legs = (Leg(account, minor), Leg(CASH, -minor))
    draft = Draft("test", key, "kind", legs, "ref", memo, day, posts_hold=hold or None)
    facts = ["test", key, "kind", [[*leg.account.key, leg.minor] for leg in legs], "ref", memo]
    facts += [day.isoformat() if day else None, None, hold or None]
    assert canonical(draft) == json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    assert fingerprint(draft) == sha256(canonical(draft).encode()).hexdigest()
