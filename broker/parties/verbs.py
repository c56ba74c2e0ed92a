"""Who is here: registering people and guests, codes by mail, logins."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import logins, people, store
from broker.parties.errors import BadParty, EmailTaken, LoginUnknown, PartyUnknown, TooManyCodes
from broker.parties.logins import CodeRefused, Knock, Login
from broker.parties.people import Party
from ledger.control import Actor, CountryUnknown, declare_residence

NOT_SAID = Knock()


async def register(
    db: AsyncConnection,
    name: str,
    email: str,
    roles: frozenset[str],
    locale: str,
    at: datetime,
    country: str = "",
    address: str = "",
) -> Party:
    """A new party. `country` (ISO 3166 alpha-2) is where it lives, by its own word from the IP
    `address`; without one it moves no real money. Raises: BadParty, EmailTaken.
    """
    party = Party(
        id=uuid4().hex,
        name=people.clean_name(name),
        email=people.clean_email(email),
        roles=people.clean_roles(frozenset(roles)),
        locale=people.clean_locale(locale),
        created_at=at,
    )
    if not await store.add_party(db, party):
        raise EmailTaken(party.email or "")
    if country:
        await move(db, party, country, at, address)
    return party


async def move(
    db: AsyncConnection, party: Party, country: str, at: datetime, address: str = "", why: str = ""
) -> bool:
    """The party says in which country it lives; False when that has to wait for a curator.

    Raises: BadParty for a guest and for what is no country, ApprovalConflict while another change
    waits.
    """
    if party.guest:
        raise BadParty("country", "a guest has no money that could move")
    actor = Actor(party.id, "self", address)
    try:
        return await declare_residence(db, party.id, country, actor, at, why) is None
    except CountryUnknown as error:
        raise BadParty("country", "not a country") from error


async def register_guest(
    db: AsyncConnection, name: str, session: str, locale: str, at: datetime
) -> Party:
    """A client without an account, bound to one session. Raises: BadParty."""
    party = Party(
        id=uuid4().hex,
        name=people.clean_name(name),
        email=None,
        roles=frozenset({"client"}),
        locale=people.clean_locale(locale),
        created_at=at,
        guest=True,
        session=session,
    )
    await store.add_party(db, party)
    return party


async def party(db: AsyncConnection, id: str) -> Party:
    """Raises: PartyUnknown."""
    found = await store.party_by_id(db, id)
    if found is None:
        raise PartyUnknown(id)
    return found


async def unknown(db: AsyncConnection, ids: Collection[str]) -> set[str]:
    """Those of the ids that are nobody's."""
    return set(ids) - await store.known_ids(db, ids)


async def by_email(db: AsyncConnection, email: str) -> Party | None:
    """Raises: BadParty when it is not an address at all."""
    return await store.party_by_email(db, people.clean_email(email))


async def set_locale(db: AsyncConnection, id: str, locale: str) -> None:
    """The language of pages, mail and papers."""
    await store.set_locale(db, id, people.clean_locale(locale))


async def send_code(db: AsyncConnection, email: str, at: datetime, code: str) -> None:
    """Remember a code that the caller sends by mail; it replaces the one before.

    Known and unknown addresses are treated alike. Raises: BadParty, TooManyCodes.
    """
    address = people.clean_email(email)
    fresh = logins.issue(await store.code_of(db, address), address, code, at)
    if isinstance(fresh, int):
        raise TooManyCodes(fresh)
    await store.save_code(db, fresh)


async def check_code(
    db: AsyncConnection, email: str, code: str, at: datetime, locale: str = "ru"
) -> Party | CodeRefused:
    """The party of the address; a refusal is a value, and the caller commits it.

    An address that is seen for the first time becomes a party that may consult and be a client:
    the code has just proved that the address is theirs. A code works once. Raises: BadParty.
    """
    address = people.clean_email(email)
    known = await store.code_of(db, address)
    refused = logins.judge(known, address, code, at)
    if refused is not None:
        if known is not None:
            await store.save_code(db, replace(known, tries_left=refused.tries_left))
        return refused
    assert known is not None
    await store.save_code(db, replace(known, tries_left=0, expires_at=at))
    found = await store.party_by_email(db, address)
    if found is not None:
        return found
    name = address.partition("@")[0][: people.NAME_CHARS_MAX]
    return await register(db, name, address, frozenset({"consultant", "client"}), locale, at)


async def open_login(
    db: AsyncConnection, party: Party, at: datetime, token: str, knock: Knock = NOT_SAID
) -> Login:
    """A login for whoever brings the token; a guest's is bound to the guest's session."""
    life = logins.GUEST_LOGIN_LIFE if party.guest else logins.LOGIN_LIFE
    login = Login(
        token_hash=logins.token_hash(token),
        party=party.id,
        csrf=logins.csrf_of(token),
        expires_at=at + life,
        session=party.session,
        opened_at=at,
        knock=knock,
        seen_at=at,
    )
    await store.add_login(db, login, at)
    return login


async def login(db: AsyncConnection, token: str, at: datetime) -> Login:
    """Raises: LoginUnknown when there is none, or it is closed, or its time is over."""
    found = await store.login_by_hash(db, logins.token_hash(token), logins.csrf_of(token), at)
    if found is None:
        raise LoginUnknown()
    return found


async def close_login(db: AsyncConnection, token: str, at: datetime) -> None:
    """Idempotent."""
    await store.close_login(db, logins.token_hash(token), at)
