"""Reading JSON so that a refusal names the field that is wrong.

Strict on purpose: a misspelt field of a tariff would silently cost somebody money, so an
unknown name is refused, true and false are not numbers, and 1.0 is not a whole number.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from metering.errors import BadField

T = TypeVar("T")

INTEGER_MAX = 2**53 - 1  # what canonical JSON can carry


class Fields:
    """One JSON object being read; `path` is where it stands in the document."""

    def __init__(self, value: object, path: str, error: type[BadField]) -> None:
        self.path = path
        self.error = error
        if not isinstance(value, dict):
            raise error(path or "document", "must be an object")
        self._value = value
        self._seen: set[str] = set()

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def bad(self, name: str, why: str) -> BadField:
        return self.error(self.at(name), why)

    def has(self, name: str) -> bool:
        """True if the field is there and not null."""
        return self.raw(name) is not None

    def raw(self, name: str) -> object:
        self._seen.add(name)
        return self._value.get(name)

    def integer(self, name: str, default: int | None = None, least: int = 0) -> int:
        value = self.raw(name)
        if value is None and default is not None:
            return default
        if value is None:
            raise self.bad(name, "is missing")
        return whole(value, self.at(name), self.error, least)

    def optional(self, name: str, least: int = 0) -> int | None:
        return self.integer(name, least=least) if self.has(name) else None

    def text(self, name: str, default: str | None = None) -> str:
        value = self.raw(name)
        if value is None and default is not None:
            return default
        if value is None:
            raise self.bad(name, "is missing")
        if not isinstance(value, str):
            raise self.bad(name, "must be a text")
        return value

    def choice(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        value, names = self.text(name, default), list(allowed)
        if value not in names:
            raise self.bad(name, f"must be one of {', '.join(names)}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.bad(name, "must be true or false")
        return value

    def items(self, name: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        """Every item of a list, read one by one; an absent list is empty."""
        value = self.raw(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.bad(name, "must be a list")
        return tuple(read(item, f"{self.at(name)}[{i}]") for i, item in enumerate(value))

    def ignore(self, *names: str) -> None:
        """These may be there and mean nothing here."""
        self._seen.update(names)

    def finish(self) -> None:
        """Refuse what nobody asked for."""
        for name in self._value:
            if name not in self._seen:
                raise self.bad(str(name), "is not a field we know")


def whole(value: object, path: str, error: type[BadField], least: int = 0) -> int:
    """A whole number not below `least`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise error(path, "must be a whole number")
    if value < least:
        raise error(path, f"must be at least {least}")
    if value > INTEGER_MAX:
        raise error(path, f"must be at most {INTEGER_MAX}")
    return value
