"""Passkeys between a request and the rooms: challenges for this browser, and their answers.

A challenge is bound to the token that forms of this browser bring back, so that one shown to
somebody else is worth nothing here, and the browser of a stranger to nobody's account.
"""

import secrets
from functools import partial

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from web import authenticators
from web.keys import CLOCK, CSRF, SETTINGS


def options_to_sign_in(request: web.Request) -> str:
    """JSON for navigator.credentials.get."""
    challenge = _mint(request, "sign_in")
    return authenticators.sign_in_options(_site(request), challenge)


def options_to_add(request: web.Request, party: parties.Party, known: list[parties.Passkey]) -> str:
    """JSON for navigator.credentials.create; whoever gets it may add a key for ten minutes."""
    challenge = _mint(request, "add")
    return authenticators.add_options(_site(request), party, known, challenge)


async def enter(
    db: AsyncConnection, request: web.Request, credential: str
) -> parties.Party | parties.PasskeyRefused:
    """Who answered a challenge of ours with a key that we know; a refusal is to be committed."""
    at, shown = request.app[CLOCK](), authenticators.presented(credential)
    if shown is None:
        return parties.PasskeyRefused("wrong")
    refused = await _spend(db, request, "sign_in", shown.challenge)
    if refused is not None:
        return refused
    check = partial(authenticators.proven, _site(request), credential, shown.challenge)
    return await parties.enter_by_passkey(db, shown.id, shown.party, check, at)


async def add(
    db: AsyncConnection, request: web.Request, party: parties.Party, credential: str, name: str
) -> parties.Passkey | parties.PasskeyRefused:
    """A new key of the party. Raises: BadParty, PasskeyTaken, TooManyPasskeys."""
    challenge = authenticators.challenge_of_new(credential)
    refused = await _spend(db, request, "add", challenge)
    if refused is not None:
        return refused
    key = authenticators.new_key(_site(request), credential, challenge)
    if key is None:
        return parties.PasskeyRefused("wrong")
    return await parties.add_passkey(db, party, key, name, request.app[CLOCK]())


async def _spend(
    db: AsyncConnection, request: web.Request, purpose: parties.challenges.Purpose, challenge: bytes
) -> parties.PasskeyRefused | None:
    at = request.app[CLOCK]()
    fault = parties.challenges.judge(_key(request), challenge, purpose, request[CSRF], at)
    if fault is not None:
        return parties.PasskeyRefused(fault)
    if not await parties.spend_challenge(db, challenge, at):
        return parties.PasskeyRefused("used")
    return None


def _mint(request: web.Request, purpose: parties.challenges.Purpose) -> bytes:
    nonce = secrets.token_bytes(parties.challenges.NONCE_BYTES)
    at = request.app[CLOCK]()
    return parties.challenges.mint(_key(request), nonce, purpose, request[CSRF], at)


def _key(request: web.Request) -> str:
    return request.app[SETTINGS].secret.derive("passkey challenges")


def _site(request: web.Request) -> authenticators.Site:
    return authenticators.site_of(request.app[SETTINGS])
