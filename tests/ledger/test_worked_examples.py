"""Runs docs/ledger.md: the deeds of each numbered chapter, its entries and balances."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import (
    Draft,
    InsufficientFunds,
    Leg,
    Money,
    Outcome,
    Share,
    Terms,
    accept_payment,
    balance,
    begin_top_up,
    check,
    hold,
    pay_out,
    post_many,
    refund,
    settle,
    void_hold,
)
from ledger.accounts import Account, AccountKind
from ledger.demo_gateway import DemoGateway
from ledger.gateway import PaymentState
from ledger.views import journal_by_id
from tests.ledger.books import AT

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"
GATEWAY = DemoGateway("secret", "http://127.0.0.1")
Row = list[str]


@dataclass
class Example:
    title: str
    deeds: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    balances: list[Row] = field(default_factory=list)


def examples() -> list[Example]:
    found = []
    for chapter in re.split(r"^## ", PAGE.read_text(), flags=re.M)[1:]:
        if not chapter[0].isdigit():
            continue
        example = Example(chapter.splitlines()[0])
        by_header = {"do": example.deeds, "journal": example.entries, "account": example.balances}
        table: list[Row] | None = None
        for line in chapter.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not line.startswith("|"):
                table = None
            elif table is None:
                table = by_header[cells[0]]
            elif not set(line) <= set("|-"):
                table.append(cells)
        found.append(example)
    return found


def money(words: str) -> Money:
    sign, rub, kop = re.fullmatch(r"(-?)(\d+)\.(\d\d)", words).groups()  # type: ignore[union-attr]
    return Money(int(f"{sign}{int(rub) * 100 + int(kop)}"))


def named(words: str) -> Account:
    kind, _, owner = words.partition(" ")
    return Account(AccountKind[kind], owner)


async def top_up(db: AsyncConnection, words: str) -> None:
    party, amount, id = words.split()
    begun = await begin_top_up(db, GATEWAY, party, money(amount), "/", AT, id)
    for _ in range(2):
        delivery = GATEWAY.event(begun.ref, begun.amount, PaymentState.PAID, AT)
        await accept_payment(db, GATEWAY.read_event(*delivery, AT), AT)


async def minute(db: AsyncConnection, words: str, posts_hold: bool = False) -> None:
    key, rest = words.split(maxsplit=1)
    ways, price = rest.rsplit(maxsplit=1)
    source, target = (named(part.strip()) for part in ways.split("→"))
    legs = (Leg(source, -money(price).minor), Leg(target, money(price).minor))
    draft = Draft("tick", key, "minute", legs, posts_hold=key if posts_hold else None)
    for result in await post_many(db, [draft, draft], AT):
        result.raise_for_status()


async def held(db: AsyncConnection, words: str) -> None:
    key, rest = words.split(maxsplit=1)
    account, price = rest.rsplit(maxsplit=1)
    await hold(db, key, named(account), money(price), AT)


async def settled(db: AsyncConnection, words: str) -> None:
    session, payer, provider, outcome, *ruling = words.split()
    earnings = Account(AccountKind.EARNINGS, provider)
    payees = {"COMMISSION": Account(AccountKind.COMMISSION), "EARNINGS": earnings}
    shares = [Share(payees[name], int(bp)) for name, bp in (share.split("=") for share in ruling)]
    wallet = Account(AccountKind.PREPAID, payer)
    for _ in range(2):
        await settle(db, session, wallet, Terms(earnings), Outcome(outcome), AT, shares)


async def perform(db: AsyncConnection, deed: str, words: str) -> None:
    if deed.startswith("refused "):
        with pytest.raises(InsufficientFunds):
            await perform(db, deed.removeprefix("refused "), words)
    elif deed == "top up":
        await top_up(db, words)
    elif deed in ("minute", "held minute"):
        await minute(db, words, posts_hold=deed == "held minute")
    elif deed == "hold":
        await held(db, words)
    elif deed == "void":
        await void_hold(db, words, AT)
    elif deed == "settle":
        await settled(db, words)
    elif deed == "refund":
        id, _, top_up_id, amount = words.split()
        await refund(db, GATEWAY, top_up_id, money(amount), AT, id)
    else:
        assert deed == "pay out"
        id, party, destination, amount = words.split()
        await pay_out(db, GATEWAY, party, destination, money(amount), AT, id)


def test_the_page_has_its_examples() -> None:
    titles = [example.title.split(". ", 1)[1] for example in examples()]
    assert len(titles) == 9
    assert all(e.deeds and e.entries and e.balances for e in examples())


@pytest.mark.parametrize("example", examples(), ids=lambda e: e.title.split(".")[0])
async def test_example(db: AsyncConnection, example: Example) -> None:
    for deed, words in example.deeds:
        await perform(db, deed, words)
    journals: dict[str, list[Row]] = {}
    for id, *line in example.entries:
        journals.setdefault(id or list(journals)[-1], []).append(line)
    for id, lines in journals.items():
        journal = await journal_by_id(db, id)
        assert journal is not None, id
        written = [(e.account, e.amount, e.balance_after) for e in journal.entries]
        assert written == [
            (named(account), money(credit) if credit else -money(debit), money(after))
            for account, debit, credit, after in lines
        ]
    for account, posted, free in example.balances:
        stands = await balance(db, named(account))
        assert (stands.posted, stands.available) == (money(posted), money(free)), account
    assert await check(db) == []
    sums = await db.execute(text("SELECT sum(balance) FROM ledger_account"))
    assert sums.scalar_one() == 0
