"""The head of a paper inside its own data: number, revision, moment, what it replaces. Pure."""

from dataclasses import dataclass
from datetime import datetime

from reports.canonical import Json


@dataclass(frozen=True, slots=True)
class Replaced:
    """The revision that this one replaces."""

    revision: int
    issued_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Heading:
    kind: str
    number: str
    revision: int
    issued_at: datetime
    replaces: Replaced | None = None

    @property
    def name(self) -> str:
        return f"{self.number}-r{self.revision}"


def heading_to_json(heading: Heading) -> Json:
    old = heading.replaces
    return {
        "kind": heading.kind,
        "number": heading.number,
        "revision": heading.revision,
        "issued_at": heading.issued_at.isoformat(timespec="microseconds"),
        "replaces": old
        and {
            "revision": old.revision,
            "issued_at": old.issued_at.isoformat(timespec="microseconds"),
            "sha256": old.sha256,
        },
    }


def heading_from_json(head: Json) -> Heading:
    """Raises: KeyError, TypeError, ValueError."""
    old = head["replaces"]
    replaced = old and Replaced(
        old["revision"], datetime.fromisoformat(old["issued_at"]), old["sha256"]
    )
    issued_at = datetime.fromisoformat(head["issued_at"])
    return Heading(head["kind"], head["number"], head["revision"], issued_at, replaced or None)
