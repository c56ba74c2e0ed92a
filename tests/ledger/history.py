"""Does what is stored agree with what callers were told? The diaries against the books."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from ledger import check
from tests.ledger.bank_worker import CUSTOMERS, OPENING, SCOPE
from web.db import Database

Move = tuple[str, str, int]  # payer, payee, minor units


@dataclass(slots=True)
class Diary:
    """What was asked and what was answered, by key."""

    asked: dict[str, Move] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a history came to; the first three ought to be empty."""

    lost: set[str]
    doubled: set[str]
    invented: set[str]
    acknowledged: int
    refused: int
    unknown: int
    of_unknown_stored: int


def read_diaries(files: Iterable[Path]) -> Diary:
    diary = Diary()
    for file in files:
        for line in file.read_bytes().splitlines():
            fact = json.loads(line)
            if "ask" in fact:
                diary.asked[fact["ask"]] = (fact["payer"], fact["payee"], fact["minor"])
            elif fact["status"] in ("posted", "duplicate"):
                diary.moved.add(fact["said"])
            else:
                diary.refused.add(fact["said"])
    return diary


_STORED = text(
    "SELECT j.key, min(CASE WHEN e.amount < 0 THEN a.owner END) AS payer,"
    " min(CASE WHEN e.amount > 0 THEN a.owner END) AS payee, max(e.amount) AS minor,"
    " count(*) AS lines FROM ledger_journal j JOIN ledger_entry e ON e.journal_id = j.id"
    " JOIN ledger_account a ON a.id = e.account_id WHERE j.scope = :scope GROUP BY j.id, j.key"
)
_BALANCES = text("SELECT owner, balance, held FROM ledger_account WHERE kind = 2010")
_LOWEST = text(
    "SELECT min(e.balance_after) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
    " WHERE a.kind = 2010"
)


async def judge_history(database: Database, diary: Diary) -> Verdict:
    """Raises: AssertionError when the books contradict themselves or a limit."""
    async with database.reading() as db:
        assert await check(db) == []
        rows = (await db.execute(_STORED, {"scope": SCOPE})).all()
        balances = {row.owner: row.balance for row in await db.execute(_BALANCES)}
        assert (await db.execute(_LOWEST)).scalar_one() >= 0
    times = Counter(row.key for row in rows)
    stored: dict[str, Move] = {row.key: (row.payer, row.payee, row.minor) for row in rows}
    expected = dict.fromkeys((account.owner for account in CUSTOMERS), OPENING)
    for payer, payee, minor in stored.values():
        expected[payer] -= minor
        expected[payee] += minor
    assert balances == expected
    told = diary.moved | diary.refused
    unknown = set(diary.asked) - told
    return Verdict(
        lost=diary.moved - set(stored),
        doubled={key for key, count in times.items() if count > 1} | (diary.refused & set(stored)),
        invented={key for key, move in stored.items() if diary.asked.get(key) != move},
        acknowledged=len(diary.moved),
        refused=len(diary.refused),
        unknown=len(unknown),
        of_unknown_stored=len(unknown & set(stored)),
    )
