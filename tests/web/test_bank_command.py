"""`minuta bank import`: several files in whatever order, and what it says of a bad one."""

import argparse
import asyncio
from pathlib import Path

import pytest

from tests.ledger.bank.writing import NORTH, Bank, came
from web.commands import bank
from web.commands.schema import migrate
from web.db import Database
from web.payee import EXAMPLE, payee_of
from web.settings import BadSettings, Settings

LINES = [came(n, 10 * n, NORTH, "аванс", str(n)) for n in (1, 2)]
MONTH = Bank(LINES, account=EXAMPLE.requisites.account)


def settings_in(folder: Path) -> Settings:
    settings = Settings(database_url=f"sqlite:///{folder}/minuta.db", folder=folder)

    async def make() -> None:
        database = Database(settings.database_url)
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return settings


def given(*files: Path, dry_run: bool = False) -> argparse.Namespace:
    return argparse.Namespace(files=[str(one) for one in files], dry_run=dry_run)


def test_files_in_any_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Второй день назван первым, но счёт начинается с первого."""
    settings = settings_in(tmp_path)
    whole, second = tmp_path / "whole.txt", tmp_path / "second.txt"
    whole.write_bytes(MONTH.one_c(0, 1))
    second.write_bytes(MONTH.one_c(1, 2))
    assert bank.run(given(whole, dry_run=True), settings) == 0
    gap = tmp_path / "gap.txt"
    gap.write_bytes(Bank(MONTH.lines, opening=5, account=MONTH.account).one_c())
    assert bank.run(given(second, whole), settings) == 0
    assert bank.run(given(gap, whole), settings) == 1
    told = capsys.readouterr()
    assert told.out.count("1 new, 1 of them questions, 0 known") == 3
    assert told.out.index("whole.txt") < told.out.index("second.txt")
    assert "in the books already" in told.out
    assert "gap.txt: refused, opening_differs" in told.err
    assert bank.run(given(tmp_path / "none.txt"), settings) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"name": "x"}', "missing"),
        ("[]", "has no attribute"),
        (
            '{"name": "ООО", "inn": "7799123456", "account": "40702810600000012345",'
            ' "bank": "Банк", "bik": "044525999"}',
            "inn: check",
        ),
    ],
)
def test_a_wrong_file_of_requisites_is_told(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "bank.json"
    file.write_text(text, "utf-8")
    with pytest.raises(BadSettings, match=why):
        payee_of(Settings(bank_file=file))


def test_production_without_an_account_has_no_invoices(tmp_path: Path) -> None:
    assert EXAMPLE.requisites.faults() == {}
    assert payee_of(Settings()) == EXAMPLE
    assert payee_of(Settings(production=True)) is None
    file = tmp_path / "bank.json"
    file.write_text(
        '{"name": "ООО", "inn": "7799123455", "account": "40702810600000012345",'
        ' "bank": "Банк", "bik": "044525999", "vat_line": "В том числе НДС 22 %"}',
        "utf-8",
    )
    found = payee_of(Settings(production=True, bank_file=file))
    assert found
    assert found.vat_line == "В том числе НДС 22 %"
