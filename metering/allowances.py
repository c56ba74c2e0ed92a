"""Seconds bought in advance, or given: what they pay of an increment, and what it costs then. Pure.

A grant is a balance of seconds of one kind; a tariff names the kind that may pay (`allowance`).
Seconds go before money, those that expire first before the others, then the older ones. They
are used in steps of the grant: what a session takes from a grant is the seconds that it covered,
rounded up to whole steps once, on the session's sum; the rest of a begun step waits for the next
increment of that session. What `covered_s` of an increment of `length_s` pay is that part of its
price, exactly; the running total of money is rounded as ever, and under `exact`, where the part
leaves a fraction, down. The connect fee is no time: seconds never pay it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from metering.pricing import (
    UNITS_AHEAD_MAX,
    Cursor,
    Unit,
    UnitState,
    affordable_s,
    charge_for,
    connect_fee,
    is_settled,
    next_unit,
)
from metering.tariffs import BASIS, Tariff

CAUSE = "allowance"  # of an increment that seconds paid whole


@dataclass(frozen=True, slots=True)
class Grant:
    """`seconds` given to a payer, of which `left_s` are left; `expires_at` None: never."""

    id: str
    payer: str
    kind: str
    seconds: int
    step_s: int
    left_s: int
    granted_at: datetime
    expires_at: datetime | None

    @property
    def place(self) -> tuple[bool, str, datetime, str]:
        """Among others: what expires first is first, then what was given first."""
        until = self.expires_at.isoformat() if self.expires_at else ""
        return not until, until, self.granted_at, self.id


@dataclass(frozen=True, slots=True)
class Drawn:
    """Of one grant: `covered_s` of an increment, for which `taken_s` left the balance."""

    grant: str
    covered_s: int
    taken_s: int


@dataclass(frozen=True, slots=True)
class Pool:
    """A grant as one session meets it; `spare_s` are left of the step that it has begun."""

    grant: str
    step_s: int
    left_s: int
    spare_s: int = 0

    @property
    def reach_s(self) -> int:
        """How much it can still cover."""
        return self.spare_s + self.left_s - self.left_s % self.step_s


def spare_of(drawn: Iterable[Drawn], grant: str) -> int:
    """What a session has taken from a grant and not covered with yet."""
    return sum(one.taken_s - one.covered_s for one in drawn if one.grant == grant)


def draw(pools: Sequence[Pool], wanted_s: int) -> tuple[Drawn, ...]:
    """Cover up to so many seconds, in the order given.

    >>> draw([Pool("june", 60, 60), Pool("july", 60, 600)], 90)
    (Drawn(grant='june', covered_s=60, taken_s=60), Drawn(grant='july', covered_s=30, taken_s=60))
    """
    found = []
    for pool in pools:
        covered_s = min(wanted_s, pool.reach_s)
        if covered_s > 0:
            steps = -(-max(covered_s - pool.spare_s, 0) // pool.step_s)
            found.append(Drawn(pool.grant, covered_s, steps * pool.step_s))
            wanted_s -= covered_s
    return tuple(found)


def sum_s(drawn: Iterable[Drawn]) -> int:
    """Seconds covered."""
    return sum(one.covered_s for one in drawn)


def coverable_s(tariff: Tariff, before: Cursor, unit: Unit, after: Cursor, start: int) -> int:
    """How much of an increment seconds may pay; nothing of one that costs nothing anyway."""
    if unit.state is not UnitState.CHARGED or not _gross(tariff, before, after, start):
        return 0
    paid_by_least = before.exact > 0 and after.exact <= tariff.min_charge
    return 0 if paid_by_least else unit.to_s - unit.from_s


def covered(
    tariff: Tariff, before: Cursor, unit: Unit, after: Cursor, start: int, covered_s: int
) -> tuple[Unit, Cursor]:
    """An increment, and the cursor after it, when so many seconds of it are paid in seconds."""
    length_s = unit.to_s - unit.from_s
    part = _gross(tariff, before, after, start) * Fraction(covered_s, length_s)
    if not covered_s:
        return unit, after
    exact = after.exact - part
    total = charge_for(tariff, exact)
    whole = covered_s == length_s
    return (
        unit._replace(
            price_minor=total - before.charged_minor,
            state=UnitState.FREE if whole else unit.state,
            cause=CAUSE if whole else unit.cause,
        ),
        Cursor(after.n, after.to_s, exact, total),
    )


def _gross(tariff: Tariff, before: Cursor, after: Cursor, start: int) -> Fraction:
    """The exact price of an increment's time, without the connect fee."""
    fee = connect_fee(tariff, start) if before.n == 0 else 0
    return after.exact - before.exact - fee


def lasting_s(
    tariff: Tariff,
    budget_minor: int,
    reach_s: int,
    cursor: Cursor | None = None,
    second: int = 0,
    start: int | None = None,
) -> int:
    """Billing seconds after the cursor that seconds and then money pay for; as `affordable_s`."""
    cursor = begun = cursor or Cursor()
    start = second if start is None else start
    for _ in range(UNITS_AHEAD_MAX):
        if reach_s <= 0:
            break
        now = second + cursor.to_s - begun.to_s
        priced = next_unit(tariff, cursor, now, start)
        if priced is None:
            break
        unit, after = priced
        length_s = unit.to_s - unit.from_s
        part_s = min(coverable_s(tariff, cursor, unit, after, start), reach_s)
        if part_s == length_s and is_settled(tariff, cursor):
            ahead_s = reach_s // length_s * length_s
            cursor = cursor._replace(n=cursor.n + ahead_s // length_s, to_s=cursor.to_s + ahead_s)
            reach_s -= ahead_s
            continue
        after = covered(tariff, cursor, unit, after, start, part_s)[1]
        if after.charged_minor - begun.charged_minor > budget_minor:
            return cursor.to_s - begun.to_s
        cursor, reach_s = after, reach_s - part_s
        if not part_s and is_settled(tariff, cursor):
            break
    ahead_s = cursor.to_s - begun.to_s
    left = budget_minor - (cursor.charged_minor - begun.charged_minor)
    return ahead_s + affordable_s(tariff, left, cursor, second + ahead_s, start)


def kept_of(drawn: Sequence[tuple[Drawn, int]], kept_bp: int) -> tuple[tuple[str, int], ...]:
    """What goes back to each grant when a session keeps a share of what it took.

    `drawn` are sums of a session by grant, each with the grant's step, in the order of drawing.
    What is kept, whole steps, is what was drawn first: that expires first.

    >>> kept_of([(Drawn("june", 60, 60), 60), (Drawn("july", 540, 540), 60)], 2000)
    (('july', 480),)
    """
    kept_s = sum(one.taken_s for one, _ in drawn) * kept_bp // BASIS
    back = []
    for one, step_s in drawn:
        stays_s = min(one.taken_s, kept_s) // step_s * step_s
        kept_s -= stays_s
        if one.taken_s > stays_s:
            back.append((one.grant, one.taken_s - stays_s))
    return tuple(back)
