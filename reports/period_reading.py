"""What papers for a period are made from: days as moments, an account between two of them."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, StatementLine, first_version_from, statement
from reports.errors import PeriodAhead
from reports.issuer import Issuer
from reports.period import Scope
from reports.statement import CHARGED, Movement

PAGE = 500


def moments_of(scope: Scope, issuer: Issuer) -> tuple[datetime, datetime]:
    """First moment of the period and the first after it, by the issuer's clock."""
    begin = datetime.combine(scope.first, time(), issuer.zone)
    end = datetime.combine(scope.last + timedelta(days=1), time(), issuer.zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


async def entries_of(
    db: AsyncConnection, account: Account, since: datetime, until: datetime
) -> tuple[list[Movement], int]:
    """The account's entries of the period, oldest first, and the balance before them.

    Cut between two entries at both ends, so that each stands in one of two neighbouring statements
    even if another machine's clock was a little off. Newer and older ones are not read.
    """
    first, after = [await first_version_from(db, account, one) for one in (since, until)]
    found: list[StatementLine] = []
    before = after
    while before > first:
        page = await statement(db, account, min(PAGE, before - first), before)
        found += page
        before = page[-1].version
    entry = await statement(db, account, 1, first)
    opening = entry[0].balance_after.minor if entry else 0
    return [_movement(line) for line in reversed(found)], opening


def _movement(line: StatementLine) -> Movement:
    charges = 1 if line.kind == CHARGED and line.amount.minor < 0 else 0
    balance = line.balance_after.minor
    return Movement(line.at, line.at, line.kind, line.ref, charges, line.amount.minor, balance)


def checked(scope: Scope, at: datetime, issuer: Issuer) -> tuple[datetime, datetime]:
    """`moments_of` the scope. Raises: PeriodAhead for a day that has not come yet."""
    today = at.astimezone(issuer.zone).date()
    if scope.last > today:
        raise PeriodAhead(scope.last, today)
    return moments_of(scope, issuer)
