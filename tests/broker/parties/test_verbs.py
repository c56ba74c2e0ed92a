"""Registration, codes by mail and logins; on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from broker.parties import CodeRefused, Party
from tests.broker.builders import NOON, after

CLIENT = frozenset({"client"})
EMAIL = "anna@example.org"


async def test_one_registration_a_person(db: AsyncConnection) -> None:
    anna = await parties.register(db, "Анна  Петрова", " Anna@Example.org ", CLIENT, "en", NOON)
    assert (anna.name, anna.email, anna.guest) == ("Анна Петрова", EMAIL, False)
    assert await parties.party(db, anna.id) == anna
    assert await parties.by_email(db, "ANNA@example.org") == anna
    with pytest.raises(parties.EmailTaken) as refused:
        await parties.register(db, "Другая", EMAIL, CLIENT, "ru", NOON)
    assert refused.value.email == EMAIL
    await parties.set_locale(db, anna.id, "ru")
    assert (await parties.party(db, anna.id)).locale == "ru"


async def test_nobody(db: AsyncConnection) -> None:
    with pytest.raises(parties.PartyUnknown):
        await parties.party(db, "none")
    assert await parties.by_email(db, "none@example.org") is None
    with pytest.raises(parties.BadParty):
        await parties.register(db, " ", EMAIL, CLIENT, "ru", NOON)


async def test_a_guest_belongs_to_one_session(db: AsyncConnection) -> None:
    guest = await parties.register_guest(db, "Анна", "S-2026-000007", "ru", NOON)
    assert (guest.guest, guest.session, guest.email) == (True, "S-2026-000007", None)
    assert guest.roles == {"client"}
    assert await parties.party(db, guest.id) == guest
    login = await parties.open_login(db, guest, NOON, "guest-token")
    assert (login.session, login.expires_at) == ("S-2026-000007", NOON + timedelta(days=7))


async def test_a_code_opens_once(db: AsyncConnection) -> None:
    anna = await parties.register(db, "Анна", EMAIL, CLIENT, "ru", NOON)
    await parties.send_code(db, EMAIL, NOON, "123456")
    assert await parties.check_code(db, " ANNA@example.org", "123456 ", after(1)) == anna
    assert await parties.check_code(db, EMAIL, "123456", after(2)) == CodeRefused("expired", 0)


async def test_five_tries_and_no_sixth_even_with_the_right_code(db: AsyncConnection) -> None:
    await parties.send_code(db, EMAIL, NOON, "123456")
    answers = [await parties.check_code(db, EMAIL, f"00000{n}", after(n)) for n in range(5)]
    assert answers == [
        CodeRefused("wrong", 4),
        CodeRefused("wrong", 3),
        CodeRefused("wrong", 2),
        CodeRefused("wrong", 1),
        CodeRefused("used_up", 0),
    ]
    assert await parties.check_code(db, EMAIL, "123456", after(6)) == CodeRefused("used_up", 0)
    assert await parties.by_email(db, EMAIL) is None
    await parties.send_code(db, EMAIL, after(7), "654321")
    assert isinstance(await parties.check_code(db, EMAIL, "654321", after(8)), Party)


async def test_a_code_lives_ten_minutes(db: AsyncConnection) -> None:
    assert await parties.check_code(db, EMAIL, "123456", NOON) == CodeRefused("expired", 0)
    await parties.send_code(db, EMAIL, NOON, "123456")
    assert await parties.check_code(db, EMAIL, "123456", after(600)) == CodeRefused("expired", 0)
    await parties.send_code(db, EMAIL, after(600), "123456")
    assert isinstance(await parties.check_code(db, EMAIL, "123456", after(1199)), Party)


async def test_the_first_login_registers(db: AsyncConnection) -> None:
    await parties.send_code(db, EMAIL, NOON, "123456")
    fresh = await parties.check_code(db, EMAIL, "123456", after(1), "en")
    assert isinstance(fresh, Party)
    assert (fresh.name, fresh.roles, fresh.locale) == ("anna", {"consultant", "client"}, "en")


async def test_not_too_many_codes_an_hour(db: AsyncConnection) -> None:
    for n in range(10):
        await parties.send_code(db, EMAIL, after(n), "123456")
    with pytest.raises(parties.TooManyCodes) as refused:
        await parties.send_code(db, EMAIL, after(100), "123456")
    assert refused.value.retry_after_s == 3501
    await parties.send_code(db, EMAIL, after(3600), "123456")


async def test_a_login_is_known_by_its_token_only(db: AsyncConnection) -> None:
    anna = await parties.register(db, "Анна", EMAIL, CLIENT, "ru", NOON)
    opened = await parties.open_login(db, anna, NOON, "token-1")
    found = await parties.login(db, "token-1", after(1))
    assert found == opened
    assert found.party == anna.id
    assert "token-1" not in repr(found)
    other = await parties.open_login(db, anna, NOON, "token-2")
    assert other.csrf != found.csrf
    for token, at in (("token-3", after(1)), ("token-1", NOON + timedelta(days=30))):
        with pytest.raises(parties.LoginUnknown):
            await parties.login(db, token, at)
    await parties.close_login(db, "token-1", after(2))
    await parties.close_login(db, "token-1", after(3))
    with pytest.raises(parties.LoginUnknown):
        await parties.login(db, "token-1", after(4))
    assert await parties.login(db, "token-2", after(4)) == other
