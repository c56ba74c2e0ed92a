"""How a statement continues what the books know of an account. Pure.

The books know lines, and which days statements have told of. A new statement may repeat any of it
and may add what follows; it may not leave a gap, and it may not change a balance that was told
before. So files may be cut, overlapped and imported in any order: those that come too early are
refused by name of the day that is missing, and the end is the same.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate

from ledger.bank.errors import StatementRefused
from ledger.bank.statements import Line, Section, base_of, units

ONE_DAY = timedelta(days=1)
SUMS_MAX = 10_000  # of parts of a day that are looked through


@dataclass(frozen=True, slots=True)
class Known:
    """What the books know, as seen from a section's first day. Minor units.

    `since` and `opening`: where the account begins; `before`: the balance when the section's first
    day begins; `lines`: known lines from that day on, `more`: those after the section's last day
    are left out; `spans`: days told of, a pair a section.
    """

    since: date
    opening: int
    before: int
    lines: tuple[Line, ...]
    spans: Sequence[tuple[date, date]]
    more: bool = False

    @property
    def told_until(self) -> date | None:
        return max((last for _, last in self.spans), default=None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a section brings. `new`: line and its ordinal among equal ones of the day; `seen`: how
    many of its lines are known; `skipped`: how many are older than the account's beginning."""

    section: Section
    new: tuple[tuple[Line, int], ...]
    seen: int
    skipped: int = 0

    @property
    def turned(self) -> int:
        return sum(line.minor for line, _ in self.new)


class _Days:
    """Known lines of an account by day, of which there may be more with every section."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._days: list[date] = []
        self._lines: dict[date, list[Line]] = {}
        self._sums: Counter[date] = Counter()
        self.add(lines)

    def add(self, lines: Iterable[Line]) -> None:
        for line in lines:
            if line.day not in self._lines:
                insort(self._days, line.day)
                self._lines[line.day] = []
            self._lines[line.day].append(line)
            self._sums[line.day] += line.minor

    def sum_before(self, day: date) -> int:
        return sum(self._sums[one] for one in self._days[: bisect_left(self._days, day)])

    def within(self, first: date, last: date) -> tuple[Line, ...]:
        days = self._days[bisect_left(self._days, first) : bisect_right(self._days, last)]
        return tuple(line for one in days for line in self._lines[one])

    def beyond(self, day: date) -> bool:
        return bool(self._days) and self._days[-1] > day


def continue_all(known: Known, sections: Iterable[Section]) -> list[Plan]:
    """What of each section is new, each seen after the ones before it, in the order of their days.

    `known` is as seen from the first day of the first. Raises: as `from_beginning` and
    `continue_books`.
    """
    days, spans, plans = _Days(known.lines), list(known.spans), []
    for whole in sections:
        section = from_beginning(whole, known.since, known.opening)
        first, last = section.first_day, section.last_day
        seen = replace(
            known,
            before=known.before + days.sum_before(first),
            lines=days.within(first, last),
            spans=spans,
            more=days.beyond(last),
        )
        plan = continue_books(seen, section)
        plans.append(replace(plan, skipped=len(whole.lines) - len(section.lines)))
        days.add(line for line, _ in plan.new)
        spans.append((first, last))
    return plans


def from_beginning(section: Section, since: date, opening: int) -> Section:
    """The section without the days before the account begins.

    Raises: StatementRefused (before_beginning) when it ends before, or when its balance on that
    day is another one.
    """
    if section.first_day >= since:
        return section
    older = sum(line.minor for line in section.lines if line.day < since)
    if section.last_day < since or section.opening + older != opening:
        raise StatementRefused("before_beginning", section.account, f"{since:%d.%m.%Y}")
    kept = tuple(line for line in section.lines if line.day >= since)
    return replace(section, first_day=since, opening=opening, lines=kept)


def continue_books(known: Known, section: Section) -> Plan:
    """What of the section is new. `section` comes from `from_beginning`.

    Raises: StatementRefused (gap, opening_differs, lines_differ, contradiction).
    """
    have = Counter(base_of(line) for line in known.lines)
    if section.opening == known.before:
        new = _beyond(section.lines, have)
    else:
        new = _continued(known, section, have)
    plan = Plan(section, new, len(section.lines) - len(new))
    if new:
        _refuse_other_lines(known, plan)
        _refuse_contradiction(known, (line for line, _ in new))
    return plan


def _beyond(lines: Sequence[Line], have: Counter[str]) -> tuple[tuple[Line, int], ...]:
    """Lines that occur more often here than in the books, with their ordinals."""
    count: Counter[str] = Counter()
    new = []
    for line in lines:
        base = base_of(line)
        count[base] += 1
        if count[base] > have[base]:
            new.append((line, count[base]))
    return tuple(new)


def _continued(known: Known, section: Section, have: Counter[str]) -> tuple[tuple[Line, int], ...]:
    """A part of a day that begins where the books stop; one that is known whole brings nothing."""
    new = _beyond(section.lines, have)
    if not new and section.lines and _cut_inside(known, section):
        return ()
    today = sum(line.minor for line in known.lines if line.day == section.first_day)
    later = known.more or any(line.day > section.first_day for line in known.lines)
    fresh = len(new) == len(section.lines)
    if section.opening == known.before + today and not later and fresh and today:
        return new
    raise _gap(known, section)


def _cut_inside(known: Known, section: Section) -> bool:
    """Whether the section may begin inside a day that is known whole: its opening balance is the
    day's morning and some of the day's lines that it does not repeat."""
    rest = Counter(base_of(line) for line in known.lines if line.day == section.first_day)
    rest.subtract(base_of(line) for line in section.lines if line.day == section.first_day)
    sums = {known.before}
    for line in known.lines:
        if rest[base_of(line)] > 0 and line.day == section.first_day and len(sums) < SUMS_MAX:
            rest[base_of(line)] -= 1
            sums |= {one + line.minor for one in sums}
    return section.opening in sums


def _gap(known: Known, section: Section) -> StatementRefused:
    """Why a section does not begin where the books stop: the first day to import, if one is."""
    told = known.told_until
    missing = told or known.since
    if section.first_day > missing:
        until = section.first_day - ONE_DAY
        return StatementRefused(
            "gap", section.account, f"{missing:%d.%m.%Y}–{max(missing, until):%d.%m.%Y}"
        )
    balances = f"{units(section.opening)} ≠ {units(known.before)}"
    return StatementRefused(
        "opening_differs", section.account, f"{section.first_day:%d.%m.%Y}: {balances}"
    )


def _refuse_other_lines(known: Known, plan: Plan) -> None:
    """With the new lines the books must close where the section does."""
    section = plan.section
    within = [line for line in known.lines if line.day <= section.last_day]
    closing = known.before + sum(line.minor for line in within) + plan.turned
    if closing != section.closing:
        here = Counter(base_of(line) for line in section.lines)
        strange = next((line for line in within if not here[base_of(line)]), None)
        detail = f"{strange.day:%d.%m.%Y} № {strange.reference}" if strange else units(closing)
        raise StatementRefused("lines_differ", section.account, detail)


def _refuse_contradiction(known: Known, new: Iterable[Line]) -> None:
    """Days inside a told span are whole, and no span's opening balance may move."""
    lines = sorted(new, key=lambda line: line.day)
    days = [line.day for line in lines]
    moved = list(accumulate((line.minor for line in lines), initial=0))
    for first, last in known.spans:
        place = bisect_left(days, first)
        whole = place < len(days) and days[place] < last
        if whole or moved[place]:
            day = days[place] if whole else first
            raise StatementRefused("contradiction", detail=f"{day:%d.%m.%Y}")
