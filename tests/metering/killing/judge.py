"""What two nodes have written down against what is stored: every minute once, to the kopeck."""

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import AccountKind
from ledger import check as ledger_check
from metering import Tariff, check
from tests.metering.killing.node import SESSIONS, hosted_by
from tests.simulation.bill import Line, bill

_RUNS = text("SELECT session, from_second, to_second FROM metering_segments ORDER BY 1, 2")
_CHARGES = text(
    "SELECT session, n, from_s, to_s, amount_minor, second FROM metering_charges ORDER BY 1, 2"
)
_TICKS = text(
    "SELECT j.key, -e.amount AS minor FROM ledger_journal j"
    " JOIN ledger_entry e ON e.journal_id = j.id JOIN ledger_account a ON a.id = e.account_id"
    " WHERE j.scope = 'tick' AND a.kind = :prepaid"
)
_PAID = text("SELECT sum(balance) FROM ledger_account WHERE kind = :prepaid")


@dataclass(slots=True)
class Diaries:
    """By session the unix seconds that were seen; what was said to be charged."""

    seen: dict[str, set[int]] = field(default_factory=lambda: {name: set() for name in SESSIONS})
    charged: dict[tuple[str, int], int] = field(default_factory=dict)
    leases_lost: int = 0
    failures: int = 0
    troubles: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`away_s`: how far from the nearest trouble the second farthest from one was not counted."""

    seen: int
    counted: int
    charges: int
    told: int
    leases_lost: int
    failures: int
    away_s: int


def read(files: Iterable[Path]) -> Diaries:
    diaries = Diaries()
    for file in files:
        sessions = hosted_by(int(file.name.partition("-")[0]))
        for line in file.read_text().splitlines(keepends=True):
            what, *facts = line.split()
            if not line.endswith("\n"):
                continue  # killed in the middle of a line
            if what == "saw":
                for session in sessions:
                    diaries.seen[session].add(int(facts[0]))
            elif what == "charged":
                diaries.charged[facts[0], int(facts[1])] = int(facts[2])
            elif what in ("lost", "failed"):
                diaries.troubles.append((int(facts[0]), int(facts[0])))
            diaries.leases_lost += what == "lost"
            diaries.failures += what == "failed"
    return diaries


async def audit(db: AsyncConnection) -> None:
    """What must be true at any moment. Raises: AssertionError."""
    assert [str(fault) for fault in await check(db)] == []
    assert [str(fault) for fault in await ledger_check(db)] == []


async def judge(
    db: AsyncConnection,
    diaries: Diaries,
    tariff: Tariff,
    opening: int,
    troubles: Iterable[tuple[int, int]],
) -> Verdict:
    """`opening` is all money of all wallets before. Raises: AssertionError."""
    await audit(db)
    counted: dict[str, list[int]] = {name: [] for name in SESSIONS}
    for session, begin, end in await db.execute(_RUNS):
        counted[session] += range(begin, end)
    stored: dict[str, list[Line]] = {name: [] for name in SESSIONS}
    for row in await db.execute(_CHARGES):
        stored[row.session].append(Line(row.n, row.from_s, row.to_s, row.amount_minor, row.second))
    for name in SESSIONS:
        assert not set(counted[name]) - diaries.seen[name], f"{name}: nobody saw that"
        assert stored[name] == bill(tariff, counted[name]), f"{name}: not what the evidence says"
    charges = {(name, one.n): one.minor for name, lines in stored.items() for one in lines}
    ticks = list(await db.execute(_TICKS, {"prepaid": AccountKind.PREPAID.code}))
    assert sorted((key, int(minor)) for key, minor in ticks) == sorted(
        (f"{name}:{n}", minor) for (name, n), minor in charges.items()
    ), "journals are not charges"
    lost = diaries.charged.items() - charges.items()
    assert not lost, f"said to be charged, and not stored: {lost}"
    left = (await db.execute(_PAID, {"prepaid": AccountKind.PREPAID.code})).scalar_one()
    assert opening - int(left) == sum(charges.values()), "the wallets paid another sum"
    return Verdict(
        seen=sum(map(len, diaries.seen.values())),
        counted=sum(map(len, counted.values())),
        charges=len(charges),
        told=len(diaries.charged),
        leases_lost=diaries.leases_lost,
        failures=diaries.failures,
        away_s=_farthest(diaries, counted, [*troubles, *diaries.troubles]),
    )


def _farthest(
    diaries: Diaries, counted: dict[str, list[int]], troubles: list[tuple[int, int]]
) -> int:
    moments = sorted({second for a, b in troubles for second in range(a, b + 1)})
    farthest = 0
    for name, seen in diaries.seen.items():
        for second in seen - set(counted[name]):
            place = bisect(moments, second)
            near = moments[max(place - 1, 0) : place + 1]
            farthest = max(farthest, min((abs(second - m) for m in near), default=1 << 30))
    return farthest
