"""Reading the books: balances, statements, journals, the trial balance. Nothing here locks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import KIND_OF_CODE, Account, AccountKind, account_of
from ledger.journals import Balance, Entry, JournalView, StatementLine
from ledger.money import Money
from ledger.store import at_of

STATEMENT_LINES_MAX = 500

_BALANCE = text(
    "SELECT balance, held, coalesce(floor, 0) FROM ledger_account"
    " WHERE kind = :kind AND owner = :owner AND currency = :currency"
)


async def balance(db: AsyncConnection, account: Account) -> Balance:
    """What an account holds now; zeros for one that has never been used."""
    row = (await db.execute(_BALANCE, _named(account))).first() or (0, 0, 0)
    posted, held, floor = (Money(minor, account.currency) for minor in row)
    return Balance(posted, held, posted - held - floor)


_OF_OWNERS = text(
    "SELECT owner, currency, balance FROM ledger_account WHERE kind = :kind AND owner IN :owners"
).bindparams(bindparam("owners", expanding=True))


async def posted_of_each(
    db: AsyncConnection, kind: AccountKind, owners: Collection[str]
) -> dict[Account, Money]:
    """What accounts of a kind hold; those that have never been used are left out."""
    rows = await db.execute(_OF_OWNERS, {"kind": kind.code, "owners": list(owners)})
    return {
        Account(kind, row.owner, row.currency): Money(row.balance, row.currency) for row in rows
    }


_CURRENCIES = text("SELECT DISTINCT currency FROM ledger_account ORDER BY currency")
_OWN = text("SELECT DISTINCT currency FROM ledger_account WHERE owner = :owner ORDER BY currency")


async def currencies(db: AsyncConnection, owner: str = "") -> list[str]:
    """In which there are accounts: of an owner, or of anybody."""
    found = await (db.execute(_OWN, {"owner": owner}) if owner else db.execute(_CURRENCIES))
    return [str(one) for one in found.scalars()]


_STATEMENT = text(
    "SELECT e.version, j.scope, j.key, j.kind, j.ref, j.memo, j.recorded_us, e.amount,"
    " e.balance_after FROM ledger_entry e JOIN ledger_journal j ON j.id = e.journal_id"
    " WHERE e.account_id = (SELECT id FROM ledger_account"
    "   WHERE kind = :kind AND owner = :owner AND currency = :currency)"
    " AND e.version < :before ORDER BY e.version DESC LIMIT :most"
)


async def statement(
    db: AsyncConnection, account: Account, limit: int = 50, before_version: int | None = None
) -> list[StatementLine]:
    """The account's entries, newest first; the next page is before the last line's version."""
    facts = {**_named(account), "most": min(limit, STATEMENT_LINES_MAX)}
    facts["before"] = before_version if before_version is not None else 2**62
    return [
        StatementLine(
            version=row.version,
            journal_id=f"{row.scope}:{row.key}",
            kind=row.kind,
            ref=row.ref,
            memo=row.memo,
            at=at_of(row.recorded_us),
            amount=Money(row.amount, account.currency),
            balance_after=Money(row.balance_after, account.currency),
        )
        for row in await db.execute(_STATEMENT, facts)
    ]


_JOURNALS = (
    "SELECT j.id, j.scope, j.key, j.kind AS journal_kind, j.ref, j.memo, j.recorded_us,"
    " j.effective_on, r.scope AS r_scope, r.key AS r_key, e.version, e.amount, e.balance_after,"
    " a.kind, a.owner, a.currency FROM ledger_journal j"
    " JOIN ledger_entry e ON e.journal_id = j.id JOIN ledger_account a ON a.id = e.account_id"
    " LEFT JOIN ledger_journal r ON r.id = j.reverses WHERE {} ORDER BY j.id, e.line"
)
_BY_REF = text(_JOURNALS.format("j.ref = :ref")).columns(effective_on=Date)
_BY_REFS = (
    text(_JOURNALS.format("j.ref IN :refs"))
    .bindparams(bindparam("refs", expanding=True))
    .columns(effective_on=Date)
)
_BY_NUMBERS = (
    text(_JOURNALS.format("j.id IN :numbers"))
    .bindparams(bindparam("numbers", expanding=True))
    .columns(effective_on=Date)
)
_BY_KEY = text(_JOURNALS.format("j.scope = :scope AND j.key = :key")).columns(effective_on=Date)


async def journals_of(db: AsyncConnection, ref: str) -> list[JournalView]:
    """Every journal about `ref` (a session's number), in the order of recording."""
    return list(_journals(await db.execute(_BY_REF, {"ref": ref})).values())


async def journals_of_each(
    db: AsyncConnection, refs: Collection[str]
) -> dict[str, list[JournalView]]:
    """The same of many refs, by ref; those without a journal are left out."""
    found: dict[str, list[JournalView]] = {}
    rows = await db.execute(_BY_REFS, {"refs": list(refs)})
    for journal in _journals(rows).values():
        found.setdefault(journal.ref, []).append(journal)
    return found


async def journals_by_number(db: AsyncConnection, numbers: Sequence[int]) -> dict[int, JournalView]:
    """Journals by their numbers in the order of recording; unknown numbers are left out."""
    return _journals(await db.execute(_BY_NUMBERS, {"numbers": list(numbers)})) if numbers else {}


async def journal_by_id(db: AsyncConnection, journal_id: str) -> JournalView | None:
    """The journal of an id such as "settle:S-2026-000001"."""
    scope, _, key = journal_id.partition(":")
    found = _journals(await db.execute(_BY_KEY, {"scope": scope, "key": key}))
    return next(iter(found.values()), None)


_FINGERPRINT = text("SELECT req_hash FROM ledger_journal WHERE scope = :scope AND key = :key")


async def fingerprint_of(db: AsyncConnection, journal_id: str) -> str | None:
    scope, _, key = journal_id.partition(":")
    row = (await db.execute(_FINGERPRINT, {"scope": scope, "key": key})).first()
    return str(row[0]) if row else None


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One kind of account: debits and credits since the beginning, both zero or more.

    `balance` = credits - debits.
    """

    kind: AccountKind
    debits: Money
    credits: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All kinds that ever moved; `debits` equals `credits` on sound books."""

    currency: str
    lines: tuple[TrialLine, ...]
    debits: Money
    credits: Money


_TRIAL = text(
    "SELECT a.kind, sum(CASE WHEN e.amount < 0 THEN -e.amount ELSE 0 END) AS debits,"
    " sum(CASE WHEN e.amount > 0 THEN e.amount ELSE 0 END) AS credits"
    " FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
    " WHERE e.currency = :currency GROUP BY a.kind ORDER BY a.kind"
)


async def trial_balance(db: AsyncConnection, currency: str = "RUB") -> TrialBalance:
    """Every entry of a currency, summed by kind of account."""
    lines = []
    for row in await db.execute(_TRIAL, {"currency": currency}):
        debits, credits = Money(int(row.debits), currency), Money(int(row.credits), currency)
        lines.append(TrialLine(KIND_OF_CODE[row.kind], debits, credits, credits - debits))
    zero = Money(0, currency)
    return TrialBalance(
        currency,
        tuple(lines),
        sum((line.debits for line in lines), zero),
        sum((line.credits for line in lines), zero),
    )


def _named(account: Account) -> dict[str, Any]:
    return {"kind": account.kind.code, "owner": account.owner, "currency": account.currency}


def _journals(rows: Iterable[Row[Any]]) -> dict[int, JournalView]:
    grouped: dict[int, list[Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    return {number: _journal(lines) for number, lines in grouped.items()}


def _journal(lines: list[Row[Any]]) -> JournalView:
    head = lines[0]
    day: date = head.effective_on
    return JournalView(
        id=f"{head.scope}:{head.key}",
        kind=head.journal_kind,
        ref=head.ref,
        memo=head.memo,
        at=at_of(head.recorded_us),
        effective_on=day,
        reverses=f"{head.r_scope}:{head.r_key}" if head.r_scope else None,
        entries=tuple(
            Entry(
                account_of(row.kind, row.owner, row.currency),
                row.version,
                Money(row.amount, row.currency),
                Money(row.balance_after, row.currency),
            )
            for row in lines
        ),
    )
