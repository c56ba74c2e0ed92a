"""What the closing of a month issues, and to whom: a table of kinds, and the way through it.

    place = None
    while page := await coming(db, book, place, issuer):        # parties in order, kind after kind
        for place in page:
            draft = await draft_monthly(db, book, place, at, sealer)      # None: nothing to say
            ...                                               # press and keep it: reports/drafts.py

A paper is named by month, kind and party (the key of its scope), so going the same way again
finds what was issued and issues only what has changed since. Places are read page by page.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import AccountKind, owners_moved
from reports import store
from reports.agent_report import AGENT_REPORT, PRINCIPAL_OF
from reports.canonical import parse
from reports.drafts import Draft
from reports.errors import NothingInPeriod
from reports.issuer import Issuer
from reports.months import Month
from reports.period import CLIENT, CONSULTANT, PERIOD_ACT, Customer, Scope
from reports.period_previews import Made
from reports.period_reading import moments_of
from reports.period_verbs import customer_of, draft_period_paper
from reports.queries_period import payers_of_period, turnover_of_period
from reports.register import Filter, PeriodIssued
from reports.seal import Sealer, attachment_of
from reports.statement import EARNINGS, STATEMENT, WALLET, Statement

PLACES_PAGE = 1000
#: A paper that is there, one to be issued, or nothing to say.
Found = PeriodIssued | Draft[Made] | None


@dataclass(frozen=True, slots=True)
class Book:
    """The papers of one month in one currency, all in one language, so that nobody gets the same
    act under two numbers because he reads another language today."""

    month: Month
    currency: str = "RUB"
    locale: str = "ru"


@dataclass(frozen=True, slots=True)
class Place:
    """A paper that is due: `kind` by its name in MONTHLY, and who it is made out to."""

    kind: str
    party: str


#: Parties after one of them, in the order of their ids, `limit` at most.
Finder = Callable[
    [AsyncConnection, Book, tuple[datetime, datetime], str, int], Awaitable[list[str]]
]


@dataclass(frozen=True, slots=True)
class Monthly:
    """A kind of paper: how the register calls it, the role of its scopes, who gets it."""

    paper: str
    role: str
    parties: Finder


async def _payers(
    role: str,
    db: AsyncConnection,
    book: Book,
    days: tuple[datetime, datetime],
    after: str,
    limit: int,
) -> list[str]:
    return await payers_of_period(db, role, *days, after, limit)


async def _owners(
    kind: AccountKind,
    db: AsyncConnection,
    book: Book,
    days: tuple[datetime, datetime],
    after: str,
    limit: int,
) -> list[str]:
    return await owners_moved(db, kind, book.currency, days[0], after, limit)


#: In the order of issue. Names stay for ever: a closing that was cut off goes on from one.
MONTHLY: dict[str, Monthly] = {
    "client": Monthly(PERIOD_ACT, CLIENT, partial(_payers, CLIENT)),
    "consultant": Monthly(PERIOD_ACT, CONSULTANT, partial(_payers, CONSULTANT)),
    "wallet": Monthly(STATEMENT, WALLET, partial(_owners, AccountKind.PREPAID)),
    "earnings": Monthly(STATEMENT, EARNINGS, partial(_owners, AccountKind.EARNINGS)),
    "principal": Monthly(AGENT_REPORT, PRINCIPAL_OF, partial(_owners, AccountKind.EARNINGS)),
}


async def coming(
    db: AsyncConnection, book: Book, after: Place | None, issuer: Issuer, limit: int = PLACES_PAGE
) -> list[Place]:
    """The places that follow, of one kind each time; none at the end."""
    days = moments_of(Scope("", "", book.month.first, book.month.last), issuer)
    names = list(MONTHLY)
    for name in names[names.index(after.kind) if after else 0 :]:
        last = after.party if after and after.kind == name else ""
        if found := await MONTHLY[name].parties(db, book, days, last, limit):
            return [Place(name, party) for party in found]
    return []


async def count_places(db: AsyncConnection, book: Book, issuer: Issuer) -> int:
    """How many places the whole way has."""
    count, after = 0, None
    while page := await coming(db, book, after, issuer):
        count, after = count + len(page), page[-1]
    return count


async def draft_monthly(
    db: AsyncConnection, book: Book, place: Place, at: datetime, sealer: Sealer
) -> Found:
    """What is to be issued at a place, the paper that is there already, or None when nothing was
    charged or moved. Only reads. Raises: as `draft_period_paper`."""
    one = MONTHLY[place.kind]
    first, last = book.month.first, book.month.last
    scope = Scope(one.role, place.party, first, last, "", book.currency, book.locale)
    customer = await _as_before(db, place.party)
    try:
        made = await draft_period_paper(db, one.paper, scope, customer, at, sealer)
    except NothingInPeriod:
        return None
    return None if isinstance(made, Draft) and _is_empty(made.document) else made


def _is_empty(made: Made) -> bool:
    """A correction is made all the same: it takes back what was said before."""
    return isinstance(made, Statement) and not made.movements and made.heading.revision == 1


async def _as_before(db: AsyncConnection, party: str) -> Customer:
    """With the requisites that the newest act was issued with, or the newest statement."""
    bare = await customer_of(db, party)
    for kind in (PERIOD_ACT, STATEMENT):
        for last in await store.listed_of_periods(db, Filter(party=party, kind=kind, limit=1)):
            paper = await store.paper(db, last.number, last.revision)
            assert paper is not None, "it was listed a moment ago"
            data, _ = await asyncio.to_thread(attachment_of, paper.pdf)
            given = Customer(**parse(data)["customer"]) if data else bare
            if given != Customer(party, given.name):
                return given
    return bare


@dataclass(frozen=True, slots=True)
class MonthSums:
    """`acts` newest acts certify `certified`; sessions moved `turnover` in the ledger. The two are
    one sum when every act is there. Minor units, less what came back."""

    acts: int
    certified: int
    turnover: int


async def month_sums(db: AsyncConnection, book: Book, issuer: Issuer) -> MonthSums:
    """The acts of the month beside the ledger, in one moment."""
    days = moments_of(Scope("", "", book.month.first, book.month.last), issuer)
    month = (book.month.first, book.month.last, book.currency, book.locale)
    acts, certified = await store.certified_in(db, *month)
    return MonthSums(acts, certified, await turnover_of_period(db, *days, book.currency))


async def buyers_of_month(db: AsyncConnection, book: Book, after: str, limit: int) -> list[str]:
    """Who has papers of the month, in the order of their ids, from behind `after`."""
    days = (book.month.first, book.month.last, book.currency, book.locale)
    return await store.buyers_in(db, *days, after, limit)


async def papers_of_buyer(db: AsyncConnection, book: Book, party: str) -> list[PeriodIssued]:
    """The newest revision of each paper of the month, in the order of their numbers."""
    days = (book.month.first, book.month.last, book.currency, book.locale)
    return await store.of_buyer_in(db, *days, party)
