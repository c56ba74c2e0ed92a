"""What a session's record says of its recordings, for the page of the protocol. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from reports.canonical import Json


@dataclass(slots=True)
class Recorded:
    """One recording. `agreed`: (side, when) in the order of consent; `gaps`: (from, to, reason);
    `sha256` is empty while there is no file, `lost` when there will be none."""

    n: int
    text: str = ""
    agreed: list[tuple[str, datetime]] = field(default_factory=list)
    begin: datetime | None = None
    end: datetime | None = None
    gaps: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    sha256: str = ""
    lost: bool = False


def about_recordings(record: Iterable[Json]) -> Iterator[Json]:
    """The facts about recordings; of a fact that is not shown there is only the hash."""
    return (fact for fact in record if str(fact.get("kind", "")).startswith("recording_"))


def recorded(record: Iterable[Json]) -> tuple[Recorded, ...]:
    """Those that began, in order."""
    found: dict[int, Recorded] = {}
    for fact in about_recordings(record):
        kind, body, at = fact["kind"], fact["body"], datetime.fromisoformat(fact["at"])
        if kind == "recording_gap":
            _place(found, datetime.fromisoformat(body["from"]), body)
        else:
            _take(found.setdefault(body["n"], Recorded(body["n"])), kind, body, at)
    return tuple(one for one in found.values() if one.begin is not None)


def _take(one: Recorded, kind: str, body: Json, at: datetime) -> None:
    match kind:
        case "recording_asked" | "recording_granted":
            one.text = body["text"]
            one.agreed.append((body["by"], at))
        case "recording_started":
            one.begin = at
        case "recording_stopped":
            one.end = at
        case "recording_saved":
            one.sha256 = body["sha256"]
        case "recording_lost":
            one.lost = True


def _place(found: dict[int, Recorded], since: datetime, body: Json) -> None:
    """A gap belongs to the recording that was going on: the last that had begun by then."""
    begun = [one for one in found.values() if one.begin is not None]
    if begun:
        until = datetime.fromisoformat(body["to"])
        before = [one for one in begun if one.begin is not None and one.begin <= until]
        (before or begun)[-1].gaps.append((since, until, body["reason"]))
