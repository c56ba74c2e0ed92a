"""Passkeys: added, used, named, removed. What a browser signed is checked by the web beforehand."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import challenges, store, store_account
from broker.parties.errors import PartyUnknown, PasskeyTaken, PasskeyUnknown, TooManyPasskeys
from broker.parties.passkeys import (
    PASSKEYS_MAX,
    NewKey,
    Passkey,
    PasskeyRefused,
    check_new,
    clean_key_name,
    runs_backwards,
)
from broker.parties.people import Party

Told = tuple[int, bool]  # the counter, and whether the key is kept in more than one place


async def spend_challenge(db: AsyncConnection, challenge: bytes, at: datetime) -> bool:
    """Use a challenge that `challenges.judge` found ours; False when it was used before."""
    hash, until = challenges.challenge_hash(challenge), challenges.expires_at(challenge)
    return await store_account.use_challenge(db, hash, until, at)


async def passkeys_of(db: AsyncConnection, party: str) -> list[Passkey]:
    """A party's keys, the oldest first."""
    return await store_account.passkeys_of(db, party)


async def add_passkey(
    db: AsyncConnection, party: Party, key: NewKey, name: str, at: datetime
) -> Passkey:
    """One more way in. Raises: BadParty, PasskeyTaken, TooManyPasskeys."""
    if len(await store_account.passkeys_of(db, party.id)) >= PASSKEYS_MAX:
        raise TooManyPasskeys(PASSKEYS_MAX)
    passkey = Passkey(uuid4().hex, party.id, check_new(key), clean_key_name(name), at)
    if not await store_account.add_passkey(db, passkey):
        raise PasskeyTaken()
    return passkey


async def enter_by_passkey(
    db: AsyncConnection,
    credential: str,
    party: str,
    check: Callable[[Passkey], Told | None],
    at: datetime,
) -> Party | PasskeyRefused:
    """The party whose key it is; a refusal is a value, and the caller commits it.

    `party` is whom the browser says the key belongs to (userHandle of WebAuthn), "" when it does
    not say; `check` verifies the signature by the key that we know, None when it is wrong. A key
    whose counter ran backwards is barred from now on.
    """
    known = await store_account.passkey_by_credential(db, credential)
    if known is None:
        return PasskeyRefused("unknown")
    if party and party != known.party:
        return PasskeyRefused("wrong")
    told = check(known)
    if told is None:
        return PasskeyRefused("wrong")
    if known.copied_at is not None:
        return PasskeyRefused("copied")
    counter, synced = told
    if runs_backwards(known.key.counter, counter):
        await store_account.mark_copied(db, known.id, at)
        return PasskeyRefused("copied")
    await store_account.save_use(db, known.id, counter, synced, at)
    found = await store.party_by_id(db, known.party)
    if found is None:
        raise PartyUnknown(known.party)
    return found


async def rename_passkey(db: AsyncConnection, party: str, id: str, name: str) -> None:
    """Raises: BadParty, PasskeyUnknown."""
    if not await store_account.rename_passkey(db, party, id, clean_key_name(name)):
        raise PasskeyUnknown(id)


async def remove_passkey(db: AsyncConnection, party: str, id: str) -> None:
    """The key opens nothing any more; the code by mail stays a way in. Raises: PasskeyUnknown."""
    if not await store_account.remove_passkey(db, party, id):
        raise PasskeyUnknown(id)
