"""Promo credit and VAT in the running product: a real session, its books and its papers."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from broker import parties, sessions
from ledger import Account, AccountKind, Money, balance, journals_of, promo
from ledger.tax import VatMode, VatRegime
from reports import Filter, document, documents
from tests.web.asking import books
from tests.web.serving import START, Served, serving
from tests.web.test_result import end, verified
from tests.web.test_wiring import live, see, turn
from web import papers

PAYER = VatRegime(VatMode.AGENT, "basic", date(2026, 1, 1))
FIRST_DAY = START - timedelta(days=1)


@pytest.fixture
async def taxed(bare_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    """A platform that owes 22 % on its commission."""
    async with serving(bare_url, tmp_path, vat=PAYER) as one:
        yield one


async def gift(served: Served, minor: int) -> None:
    async with served.database.transaction() as db:
        anna = await parties.by_email(db, "anna@demo.minuta.example")
        assert anna is not None
        until = START + timedelta(days=30)
        given = promo.Grant("welcome", anna.id, Money(minor), FIRST_DAY, until)
        await promo.grant(db, given, FIRST_DAY)


async def booked(served: Served, number: str) -> tuple[int, list[str]]:
    """The tax that is due, and the journals that say so."""
    async with served.database.reading() as db:
        due = (await balance(db, Account(AccountKind.VAT))).posted.minor
        return due, [one.id for one in await journals_of(db, f"vat:{number}")]


async def papers_are_true(served: Served, number: str) -> int:
    """Every newest paper of the session is verified; the sum of its act."""
    async with served.database.reading() as db:
        found = await documents(db, Filter(session=number))
        files = [await document(db, one.name) for one in found if not one.superseded]
    await books(served)  # audited clean
    for file in files:
        assert (await verified(served, file.pdf))["code"] in (0, 2)
    return next(file.issued.total_minor for file in files if file.issued.kind == "act")


async def test_a_session_on_credit_is_taxed_once_and_corrected_by_a_ruling(taxed: Served) -> None:
    """30,00 подарка и 5 000,00 денег; 2 x 20,00; не решено: платформе 4,00, в них НДС 0,72."""
    await gift(taxed, 30_00)
    async with live(taxed, "client-pays") as one:
        wallet = await one.client.get("/wallet")
        assert (wallet["balance"]["minor"], wallet["credit"]["minor"]) == (500_000, 30_00)
        assert wallet["total"]["minor"] == 503_000
        see(taxed, one.number, 70)
        await turn(taxed)
        wallet = await one.client.get("/wallet")
        assert (wallet["balance"]["minor"], wallet["credit"]["minor"]) == (499_000, 0)
        await end(taxed, one.number)
        assert await booked(taxed, one.number) == (0, [])
        path = f"/sessions/{one.number}/outcome"
        await one.client.post(path, outcome="unresolved", comment="Ошибка осталась")
        for _ in range(2):
            await papers.issue(taxed.app, one.number)
        assert await booked(taxed, one.number) == (72, [f"vat:{one.number}"])
        assert await papers_are_true(taxed, one.number) == 8_00
        wallet = await one.client.get("/wallet")
        assert (wallet["balance"]["minor"], wallet["credit"]["minor"]) == (500_000, 22_00)
        await ruled(taxed, one.number)
        journals = [f"vat:{one.number}", f"vat:{one.number}:2"]
        assert await booked(taxed, one.number) == (36, journals)
        assert await papers_are_true(taxed, one.number) == 4_00


async def ruled(served: Served, number: str) -> None:
    """A curator leaves 2.00 to each: 0.36 of tax are inside the platform's."""
    at = served.clock()
    async with served.database.transaction() as db:
        await sessions.rule(db, number, "A-1", 500, 500, "Помогли на десятую часть", at)
        await papers.due(db, number, at)
    await papers.issue(served.app, number)


async def test_without_a_rate_nothing_is_taxed(served: Served) -> None:
    async with live(served, "host-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        assert await booked(served, one.number) == (0, [])
        assert await papers_are_true(served, one.number) == 2_00
