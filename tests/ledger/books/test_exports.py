"""The exported journal opened by hledger and beancount, not written by us: balances equal ours.

Both run as processes of their own; nothing of them enters the product.
"""

import csv
import io
import json
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, post_many, seal
from ledger.books import (
    Format,
    Period,
    account_turnover,
    export_journal,
    file_name,
    format_of,
    roll_up,
)
from ledger.books.errors import BadExport
from ledger.books.lines import units
from ledger.books.plain_text import beancount_account, hledger_account
from tests.ledger.books.autumn import AUTUMN, NOVEMBER, NOW, OCTOBER, at, autumn, draft

NASTY = 'a memo; with (marks), "quotes" | bars\nand a second line  ; = 5 RUB'


async def written(db: AsyncConnection, form: Format, period: Period, path: Path) -> Path:
    pieces = [piece async for piece in export_journal(db, form, period, 3)]
    return saved(path, b"".join(pieces))


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def hledger(path: Path, *command: str) -> str:
    """What it prints. Raises CalledProcessError when it does not agree with the file."""
    whole = ["hledger", "-f", str(path), *command]
    return subprocess.run(whole, check=True, capture_output=True, text=True).stdout


def balances(path: Path) -> dict[str, str]:
    """What hledger makes of the file, by account and currency."""
    printed = hledger(path, "balance", "--flat", "-N", "-O", "csv", "--layout", "bare")
    rows = list(csv.DictReader(io.StringIO(printed)))
    return {
        f"{row['account']} {row['commodity']}": row["balance"] for row in rows if row["commodity"]
    }


async def ours(
    db: AsyncConnection, period: Period, name_of: Callable[[Account], str]
) -> dict[str, str]:
    """What the ledger says, debit positive, by account and currency."""
    found = {}
    for kind in AccountKind:
        for currency in ("RUB", "USD", "JPY"):
            for line in await account_turnover(db, kind, period.first, period.last, currency):
                if line.closing.minor:
                    name = f"{name_of(line.account)} {currency}"
                    found[name] = units(-line.closing.minor, currency)
    return found


@pytest.mark.parametrize("days", [AUTUMN, OCTOBER, NOVEMBER])
async def test_hledger_finds_our_balances(
    db: AsyncConnection, tmp_path: Path, days: tuple[date, date]
) -> None:
    await autumn(db)
    path = await written(db, Format.HLEDGER, Period(*days), tmp_path / "a.journal")
    hledger(path, "check", "--strict")
    assert balances(path) == await ours(db, Period(*days), hledger_account)


async def test_hledger_reads_whatever_we_wrote(db: AsyncConnection, tmp_path: Path) -> None:
    """Random books: three currencies, odd owners and texts, some days late, half rolled up."""
    dice = random.Random(20261122)
    owners = ("bob", "Bob", "имя", "a:b", "a b", "Platform", "x;y", "2026", "S-2026-000001")
    wallets = [Account(AccountKind.PREPAID, o, c) for o in owners for c in ("RUB", "USD", "JPY")]
    for number in range(120):
        wallet, when = dice.choice(wallets), at(9, 1) + timedelta(hours=13 * number)
        cash = Account(AccountKind.CASH, "demo", wallet.currency)
        back = when.date() - timedelta(days=dice.choice((0, 0, 1, 40)))
        legs = ((cash, -number - 1), (wallet, number + 1))
        drafts = [draft(f"n)({number}", "top_up", *legs, memo=NASTY, effective_on=back)]
        await post_many(db, drafts, when)
        if number == 60:
            await seal(db, NOW)
            await roll_up(db)
    for period in (Period(date(2026, 7, 1), NOW.date()), Period(*OCTOBER)):
        path = await written(db, Format.HLEDGER, period, tmp_path / "r.journal")
        hledger(path, "check", "--strict")
        assert balances(path) == await ours(db, period, hledger_account)


async def test_hledger_would_see_a_difference(db: AsyncConnection, tmp_path: Path) -> None:
    await autumn(db)
    path = await written(db, Format.HLEDGER, Period(*AUTUMN), tmp_path / "b.journal")
    text = path.read_bytes().decode()
    assert text.count("  -1000.00 RUB\n") == 1
    bent = text.replace("  -1000.00 RUB\n", "  -1000.01 RUB\n", 1)
    saved(path, bent.replace("  1000.00 RUB\n", "  1000.01 RUB\n", 1).encode())
    with pytest.raises(subprocess.CalledProcessError) as refused:
        hledger(path, "check")
    assert "balance assertion" in refused.value.stderr


#: Run as a process of its own, as hledger is: beancount is under the GPL and never ours.
BEANCOUNT = """
import collections, decimal, json, sys
from beancount import loader
from beancount.core.data import Transaction
for path in sys.argv[1:]:
    entries, errors, _ = loader.load_file(path)
    sums = collections.defaultdict(decimal.Decimal)
    for one in entries:
        for leg in one.postings if isinstance(one, Transaction) else ():
            sums[leg.account + " " + leg.units.currency] += leg.units.number
    held = {name: str(sum) for name, sum in sums.items() if sum}
    print(json.dumps([[error.message for error in errors], held]))
"""


def beancount(*paths: Path) -> list[tuple[list[str], dict[str, str]]]:
    """Of each file: what it objects to, and what the accounts hold."""
    whole = [sys.executable, "-W", "ignore", "-c", BEANCOUNT, *map(str, paths)]
    printed = subprocess.run(whole, check=True, capture_output=True, text=True).stdout
    return [tuple(json.loads(line)) for line in printed.splitlines()]  # type: ignore[misc]


async def test_beancount_finds_our_balances(db: AsyncConnection, tmp_path: Path) -> None:
    """It comes to our balances and sees an assertion that is not so (it lets a kopeck pass)."""
    await autumn(db)
    periods = [Period(*days) for days in (AUTUMN, NOVEMBER)]
    paths = [
        await written(db, Format.BEANCOUNT, period, tmp_path / f"{n}.beancount")
        for n, period in enumerate(periods)
    ]
    told = "balance Liabilities:Earnings:O-ann  -80"
    text = paths[1].read_text()
    assert text.count(told) == 1
    bent = text.replace(told, told.replace("-80", "-81"))
    paths.append(saved(tmp_path / "bent.beancount", bent.encode()))
    *sound, broken = beancount(*paths)
    for period, (errors, held) in zip(periods, sound, strict=True):
        assert errors == []
        assert held == await ours(db, period, beancount_account)
    assert any("Balance failed" in error for error in broken[0])


async def test_beancount_text(db: AsyncConnection, tmp_path: Path) -> None:
    await autumn(db)
    path = await written(db, Format.BEANCOUNT, Period(*NOVEMBER), tmp_path / "c.beancount")
    text = path.read_text()
    assert "2026-11-01 open Liabilities:Earnings:O-ann\n" in text
    assert '2026-11-01 * "opening balances"\n  Assets:Cash:O-demo  1000.00 RUB\n' in text
    assert '2026-11-20 * "pay_out" ""\n  key: "test:p1"\n  ref: ""\n' in text
    assert "2026-12-01 balance Liabilities:Earnings:O-ann  -80.00 RUB\n" in text


def test_formats_have_names() -> None:
    period = Period(*OCTOBER)
    assert file_name(Format.CSV_RU, period) == "minuta-journal-2026-10-01-2026-10-31.csv"
    assert file_name(Format.HLEDGER, period).endswith(".journal")
    assert format_of("xlsx").media_type.startswith("application/vnd.openxml")
    with pytest.raises(BadExport):
        format_of("pdf")
