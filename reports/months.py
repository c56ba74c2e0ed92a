"""A calendar month as papers name it. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_TEXT = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """Days `first` to `last`, both inclusive, by the issuer's calendar."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month | None":
        """None for what is no month.

        >>> Month.parse("2026-10"), Month.parse("2026-13")
        (Month(year=2026, month=10), None)
        """
        found = _TEXT.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """
        >>> Month(2028, 2).last
        datetime.date(2028, 2, 29)
        """
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def before(self) -> "Month":
        """
        >>> str(Month(2026, 1).before)
        '2025-12'
        """
        return Month.of(self.first - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
