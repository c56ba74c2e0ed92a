"""One's own account: who is signed in as me, what I prefer, and the end of it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import logins, people, store_account
from broker.parties.errors import LoginUnknown
from broker.parties.logins import Login
from broker.parties.people import Choices, Party


async def logins_of(db: AsyncConnection, party: str, at: datetime) -> list[Login]:
    """A party's open logins, the last used first; their `csrf` is not told."""
    return await store_account.logins_of(db, party, at)


async def close_own_login(db: AsyncConnection, party: str, token_hash: str, at: datetime) -> None:
    """Raises: LoginUnknown when it is not the party's, or was closed already."""
    if not await store_account.close_one(db, party, token_hash, at):
        raise LoginUnknown()


async def close_other_logins(db: AsyncConnection, login: Login, at: datetime) -> int:
    """Everybody who is signed in as the same party but this one; how many that were."""
    return await store_account.close_all(db, login.party, login.token_hash, at)


async def saw(db: AsyncConnection, login: Login, at: datetime) -> None:
    """A login is in use; known to a quarter of an hour."""
    await store_account.saw(db, login.token_hash, at - logins.SEEN_EVERY, at)


def unseen_for_long(login: Login, at: datetime) -> bool:
    """Whether `saw` would write."""
    return login.seen_at is None or login.seen_at < at - logins.SEEN_EVERY


async def choose(db: AsyncConnection, party: str, choices: Choices) -> None:
    """Raises: BadParty."""
    await store_account.save_choices(db, party, people.clean_choices(choices))


async def erase(db: AsyncConnection, party: Party, at: datetime) -> None:
    """Forget the person: name, address, keys, logins and choices. The id stays, for the books and
    papers that the law keeps name it. Whether the party may go now is asked before.
    """
    name = people.ERASED_NAMES[party.locale]
    await store_account.erase(db, party.id, party.email or "", name, at)
