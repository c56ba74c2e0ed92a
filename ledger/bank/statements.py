"""A bank statement as values, whatever format it came in, and its own arithmetic. Pure.

Money is minor units of the account's currency, + came in, - went out. Days are the bank's.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from ledger.bank.errors import StatementRefused

LINES_MAX = 50_000
AMOUNT_MAX = 10**15


@dataclass(frozen=True, slots=True)
class Side:
    """The other party of a payment, as far as the bank tells."""

    name: str = ""
    inn: str = ""
    kpp: str = ""
    account: str = ""
    bank: str = ""
    bik: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. `reference` is the number of its document at the bank."""

    day: date
    minor: int
    reference: str
    other: Side = Side()
    purpose: str = ""
    document_on: date | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One account from `first_day` to `last_day`: opening + lines = closing, always."""

    account: str
    first_day: date
    last_day: date
    opening: int
    closing: int
    lines: tuple[Line, ...]
    currency: str = "RUB"

    @property
    def credited(self) -> int:
        return sum(line.minor for line in self.lines if line.minor > 0)

    @property
    def debited(self) -> int:
        return -sum(line.minor for line in self.lines if line.minor < 0)


@dataclass(frozen=True, slots=True)
class Statement:
    """A file that was read. `format`: "1c", "camt.053", "mt940"; `encoding` as found."""

    format: str
    encoding: str
    sections: tuple[Section, ...]


def checked(statement: Statement) -> Statement:
    """The statement when it is sound in itself, lines in the common order.

    Raises: StatementRefused (no_account, outside, balance_differs, too_large, wrong_currency,
    bad_value).
    """
    if not statement.sections:
        raise StatementRefused("no_account")
    if sum(len(section.lines) for section in statement.sections) > LINES_MAX:
        raise StatementRefused("too_large", detail=f"> {LINES_MAX} lines")
    for section in statement.sections:
        _check(section)
    return replace(
        statement,
        sections=tuple(
            replace(one, lines=tuple(sorted(one.lines, key=base_of)))
            for one in sorted(statement.sections, key=lambda s: (s.account, s.first_day))
        ),
    )


def _check(section: Section) -> None:
    if section.currency != "RUB":
        raise StatementRefused("wrong_currency", section.account, section.currency)
    if section.first_day > section.last_day:
        raise StatementRefused("outside", section.account, f"{section.first_day:%d.%m.%Y}")
    for line in section.lines:
        if not section.first_day <= line.day <= section.last_day:
            raise StatementRefused("outside", line.reference, f"{line.day:%d.%m.%Y}")
        if not 0 < abs(line.minor) <= AMOUNT_MAX:
            raise StatementRefused("bad_value", line.reference, str(line.minor))
    turned = section.opening + sum(line.minor for line in section.lines)
    if turned != section.closing:
        parts = (section.opening, turned - section.opening, section.closing)
        told = "{} + ({}) ≠ {}".format(*map(units, parts))
        raise StatementRefused("balance_differs", section.account, told)


def units(minor: int) -> str:
    """Whole units, for the eye of whoever looks for a fault.

    >>> units(-123405)
    '-1234.05'
    """
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def base_of(line: Line) -> str:
    """What tells a line from others of its account; equal lines of a day are told by their count.

    The purpose is not in it: banks cut and reword it from one statement to the next.
    """
    parts = (line.day.isoformat(), str(line.minor), line.reference, line.other.account)
    return "\x1f".join(parts)


def line_id(account: str, line: Line, ordinal: int) -> str:
    """The natural key: 32 hexadecimal digits."""
    text = "\x1f".join((account, base_of(line), str(ordinal)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


# --- across the pipe from the process that reads


def to_json(statement: Statement) -> dict[str, Any]:
    return asdict(statement)


def from_json(body: Mapping[str, Any]) -> Statement:
    """The inverse of `to_json` after JSON has made its days texts."""
    sections = [
        Section(
            **{
                **section,
                "first_day": date.fromisoformat(section["first_day"]),
                "last_day": date.fromisoformat(section["last_day"]),
                "lines": tuple(_line(line) for line in section["lines"]),
            }
        )
        for section in body["sections"]
    ]
    return Statement(body["format"], body["encoding"], tuple(sections))


def _line(body: Mapping[str, Any]) -> Line:
    on = body["document_on"]
    days = {
        "day": date.fromisoformat(body["day"]),
        "document_on": date.fromisoformat(on) if on else None,
    }
    return Line(**{**body, **days, "other": Side(**body["other"])})


def joined(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Pages of one account and day that continue each other, as one section."""
    found: list[Section] = []
    for section in sections:
        last = found[-1] if found else None
        if last and _continues(last, section):
            found[-1] = replace(
                last,
                last_day=section.last_day,
                closing=section.closing,
                lines=last.lines + section.lines,
            )
        else:
            found.append(section)
    return tuple(found)


def _continues(last: Section, section: Section) -> bool:
    same = (last.account, last.currency, last.closing)
    return (
        same == (section.account, section.currency, section.opening)
        and last.last_day == section.first_day
    )


def days_of(lines: Sequence[Line]) -> tuple[date, date] | None:
    """The first and the last day of lines, if there are any."""
    days = [line.day for line in lines]
    return (min(days), max(days)) if days else None
