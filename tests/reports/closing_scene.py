"""A month of a busy platform, written in bulk: sessions, charges, people and clean books.

A session is one to three paid minutes at an odd price. Of twenty, two are paid by the consultant
and one is not resolved, so that most of its money goes back; the rest is divided 10/90.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from bench._check_books import Books, write_postgresql
from ledger import Account, AccountKind, Money
from ledger.settlement import Outcome, Terms, escrow_of, parts
from metering import client_pays_tariff, host_pays_tariff, microseconds

FIRST = datetime(2026, 10, 1, 6, tzinfo=UTC)
DAYS = timedelta(days=29)
PRICE, HOST_PRICE, ENOUGH = 19_99, 1_01, 5_000_000_00
TARIFFS = {
    "client-pays": client_pays_tariff(PRICE).to_json(),
    "host-pays": host_pays_tariff(HOST_PRICE).to_json(),
}
COLUMNS = {
    "parties_people": ("id", "name", "email", "roles", "locale", "guest", "created_us"),
    "sessions_sessions": (
        *("number", "topic", "plan", "tariff", "rate_minor", "host", "created_us", "state"),
        *("client", "client_name", "client_guest", "host_pressed", "client_pressed"),
        *("host_online", "client_online", "host_claim", "client_claim", "ended_us"),
        *("result_comment", "outcome_comment", "settled_us"),
    ),
    "metering_charges": (
        *("session", "n", "from_s", "to_s", "amount_minor", "currency", "second", "state"),
        *("cause", "charged_us"),
    ),
}


@dataclass
class Month:
    """Rows by table, and what each pair of (client, consultant) paid and kept, by who paid."""

    books: Books
    rows: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {name: [] for name in COLUMNS}
    )
    kept: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def opens(self, name: str, role: str) -> None:
        """A party with more money than it can spend."""
        row = (name, name.title(), f"{name}@example.org", role, "ru", False, microseconds(FIRST))
        self.rows["parties_people"].append(row)
        legs = ((Account(AccountKind.CASH, "demo"), -ENOUGH), (_wallet(name), ENOUGH))
        self.books.move("psp", f"demo:{name}", f"top-{name}", *legs)

    def plays(self, number: str, n: int, client: str, host: str) -> None:
        """One session from its first minute to its settlement."""
        pays, minutes = n % 10 == 7, 1 + n % 3
        price = HOST_PRICE if pays else PRICE
        payer = _wallet(host if pays else client)
        payee = Account(AccountKind.COMMISSION) if pays else escrow_of(number, "RUB")
        begun = microseconds(self.books.first + self.books.step * len(self.books.journals))
        for minute in range(1, minutes + 1):
            key = f"{number}:{minute}"
            self.books.move("tick", key, number, (payer, -price), (payee, price))
            to_s = minute * 60
            charge = (number, minute, to_s - 60, to_s, price, "RUB", 0, "charged", "rate", begun)
            self.rows["metering_charges"].append(charge)
        back = 0 if pays else self._settled(number, n, payer, host, minutes * price)
        key = ("consultant" if pays else "client", client, host)
        self.kept[key] = self.kept.get(key, 0) + minutes * price - back
        ended = microseconds(self.books.first + self.books.step * len(self.books.journals))
        self._noted(number, "host-pays" if pays else "client-pays", host, client, (begun, ended))

    def _settled(self, number: str, n: int, payer: Account, host: str, minor: int) -> int:
        """What came back."""
        outcome = Outcome.UNRESOLVED if n % 20 == 3 else Outcome.RESOLVED
        terms = Terms(Account(AccountKind.EARNINGS, host))
        divided = parts(Money(minor), payer, terms, outcome)
        legs = [(account, part.minor) for account, part in divided if part.minor]
        self.books.move("settle", number, number, (escrow_of(number, "RUB"), -minor), *legs)
        return sum(part.minor for account, part in divided if account == payer)

    def _noted(self, number: str, plan: str, host: str, client: str, us: tuple[int, int]) -> None:
        quiet = (False, True, True, False, False, "", "")
        facts = (number, "Не проводится документ", plan, TARIFFS[plan], PRICE, host)
        row = (*facts, us[0], "settled", client, client.title(), *quiet, us[1], "", "", us[1])
        self.rows["sessions_sessions"].append(row)


def month(sessions: int, clients: int, consultants: int) -> Month:
    """Each client meets twenty consultants, as far as there are so many."""
    moves = sessions * 4 + clients + consultants
    made = Month(Books(first=FIRST, step=DAYS / moves))
    for n in range(clients):
        made.opens(f"client-{n:05d}", "client")
    for n in range(consultants):
        made.opens(f"host-{n:05d}", "consultant")
    for n in range(sessions):
        client = n % clients
        host = (client * 3 + n // clients % 20 * 7) % consultants
        made.plays(f"S-2026-{n + 1:06d}", n, f"client-{client:05d}", f"host-{host:05d}")
    return made


async def write(url: str, made: Month) -> None:
    """By COPY; needs a superuser, for the triggers stand aside."""
    await write_postgresql(url, made.books)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            for table, rows in made.rows.items():
                await connection.copy_records_to_table(table, records=rows, columns=COLUMNS[table])
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


def added(kept: dict[tuple[str, str, str], int], role: str, side: int) -> dict[str, int]:
    """Sums by client (side 1) or by consultant (side 2) of what was paid as a role."""
    found: dict[str, int] = {}
    for key, minor in kept.items():
        if key[0] == role:
            found[key[side]] = found.get(key[side], 0) + minor
    return found


def gaps(numbers: Sequence[str]) -> list[str]:
    """What is wrong with the numbers of one series: they count from 1 without a gap."""
    counted = sorted(int(one.rsplit("-", 1)[1]) for one in numbers)
    return [f"{n} is {found}" for n, found in enumerate(counted, 1) if n != found][:3]


def _wallet(name: str) -> Account:
    return Account(AccountKind.PREPAID, name)
