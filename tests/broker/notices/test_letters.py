"""Letters in both languages, once an occasion, and only when the transaction stays."""

from string import Formatter

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import notices, sessions
from broker.notices.letters import LETTERS, LOCALES, Letter, check_address, write
from tests.broker.builders import NOON, TOKEN, after, client_pays, guest, host_pays


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", LETTERS)
def test_both_languages_tell_the_same(kind: str) -> None:
    told = [gaps(LETTERS[kind][locale].subject + LETTERS[kind][locale].body) for locale in LOCALES]
    assert told[0] == told[1]
    facts = dict.fromkeys(told[0], "Ф")
    for locale in LOCALES:
        text = write(kind, locale, **facts)
        assert "{" not in text.subject + text.body
        assert text.subject.isprintable()


def test_facts_cannot_make_new_lines_or_gaps() -> None:
    text = write("session_invited", "en", peer="Ivan\nBcc: x@y.ru", topic="{url}", url="u")
    assert text.subject == "Ivan Bcc: x@y.ru invites you to a session"
    assert "{url}" in text.body


@pytest.mark.parametrize(
    "address", ["", "anna", "a@b.ru\nBcc: c@d.ru", "a@b.ru,c@d.ru", "a b@c.ru"]
)
def test_bad_addresses(address: str) -> None:
    with pytest.raises(notices.BadLetter):
        check_address(address)


def occasions(letters: list[Letter]) -> list[tuple[str, str]]:
    return [(letter.kind, letter.to) for letter in letters]


async def test_a_login_code_goes_to_who_asked(db: AsyncConnection) -> None:
    await notices.login_code(db, "anna@example.org", "123456", "ru", NOON)
    (letter,) = await notices.outbox(db)
    assert (letter.to, letter.subject) == ("anna@example.org", "Код для входа: 123456")
    assert (letter.at, letter.sent_at) == (NOON, None)
    await notices.mark_sent(db, letter.id, after(1))
    await notices.mark_sent(db, letter.id, after(2))
    assert await notices.outbox(db) == []


async def test_the_oldest_goes_first(db: AsyncConnection) -> None:
    for n in range(3):
        await notices.login_code(db, "anna@example.org", f"00000{n}", "en", after(n))
    subjects = [letter.subject[-1] for letter in await notices.outbox(db, 2)]
    assert subjects == ["0", "1"]
    assert [one.subject[-1] for one in await notices.outbox(db, 2, newest=True)] == ["2", "1"]


async def test_both_sides_are_told_of_the_end_once(db: AsyncConnection) -> None:
    session, _, _ = await client_pays(db)
    cost = {"host": "Вы заработали 54,00 ₽", "client": "60,00 ₽"}
    url = "https://example.org/sessions/1"
    assert await notices.session_ended(db, session.number, "0:02:30", cost, url, NOON) == 2
    assert await notices.session_ended(db, session.number, "0:02:30", cost, url, after(1)) == 0
    letters = await notices.outbox(db)
    assert occasions(letters) == [
        ("session_ended", "ivan@example.org"),
        ("session_ended", "anna@example.org"),
    ]
    assert "60,00 ₽" in letters[1].text
    assert "54,00 ₽" not in letters[1].text


async def test_a_guest_has_no_address_and_gets_no_letter(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    url = "https://example.org/documents/P-2026-000001.pdf"
    assert await notices.document_ready(db, session.number, "P-2026-000001", url, NOON) == 1
    assert await notices.document_ready(db, session.number, "P-2026-000001", url, NOON) == 0
    (letter,) = await notices.outbox(db)
    assert (letter.kind, letter.to) == ("document_ready", "ivan@example.org")


async def test_an_invite_goes_to_the_client(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    (invite,) = await sessions.invites_of(db, session.number)
    for _ in range(2):
        await notices.session_invited(
            db, invite.id, "anna@example.org", "https://example.org/i/x", "ru", NOON
        )
    (letter,) = await notices.outbox(db)
    assert letter.subject == "Ivan приглашает вас на сеанс"


async def test_a_letter_is_rolled_back_with_its_cause(db: AsyncConnection) -> None:
    nested = await db.begin_nested()
    await notices.login_code(db, "anna@example.org", "123456", "ru", NOON)
    await nested.rollback()
    assert await notices.outbox(db) == []
