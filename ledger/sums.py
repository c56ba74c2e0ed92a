"""What the journals about many sessions did to each kind of account, added up in the database.

Paper for a period adds up ten thousand sessions; reading their journals one by one would read a
million entries. The scopes of a session's own journals are told apart from those that divide what
the others charged.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import KIND_OF_CODE, AccountKind
from ledger.store import us_of

#: Journals that divide what the others charged; the rest of a session's own charge or take back.
DIVIDING = ("settle", "rule")
OWN = ("tick", "reverse", *DIVIDING)
_BATCH = 500

_SUMS = text(
    "SELECT j.ref, j.scope, a.kind, a.owner, sum(e.amount) AS minor FROM ledger_journal j"
    " JOIN ledger_entry e ON e.journal_id = j.id JOIN ledger_account a ON a.id = e.account_id"
    " WHERE j.ref IN :refs AND j.scope IN :scopes AND e.currency = :currency"
    " GROUP BY j.ref, j.scope, a.kind, a.owner"
).bindparams(bindparam("refs", expanding=True), bindparam("scopes", expanding=True))


@dataclass(frozen=True, slots=True)
class Moved:
    """What journals of one scope about one ref did to one account; credit is positive."""

    ref: str
    scope: str
    kind: AccountKind
    owner: str
    minor: int

    @property
    def divides(self) -> bool:
        return self.scope in DIVIDING


async def moved_about(
    db: AsyncConnection, refs: Sequence[str], currency: str, scopes: Collection[str] = OWN
) -> dict[str, list[Moved]]:
    """Sums of the journals about each ref, by ref; those without a journal are left out."""
    found: dict[str, list[Moved]] = {}
    for begin in range(0, len(refs), _BATCH):
        facts = {"refs": list(refs[begin : begin + _BATCH]), "scopes": list(scopes)}
        for row in await db.execute(_SUMS, {**facts, "currency": currency}):
            kind = KIND_OF_CODE[row.kind]
            one = Moved(row.ref, row.scope, kind, row.owner, int(row.minor))
            found.setdefault(one.ref, []).append(one)
    return found


# The version of an account is that of its newest entry: one look-up an account, however old it is.
_MOVED_SINCE = text(
    "SELECT a.owner FROM ledger_account a"
    " JOIN ledger_entry e ON e.account_id = a.id AND e.version = a.version"
    " JOIN ledger_journal j ON j.id = e.journal_id WHERE a.kind = :kind AND a.currency = :currency"
    " AND a.owner > :after AND j.recorded_us >= :since ORDER BY a.owner LIMIT :most"
)


async def owners_moved(
    db: AsyncConnection, kind: AccountKind, currency: str, since: datetime, after: str, limit: int
) -> list[str]:
    """Whose accounts of a kind moved at `since` or later, in the order of owners."""
    facts = {"kind": kind.code, "currency": currency, "after": after, "since": us_of(since)}
    return list((await db.execute(_MOVED_SINCE, {**facts, "most": limit})).scalars())
