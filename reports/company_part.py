"""The part of a protocol about whoever was called in: who, as what, how long with whom."""

from collections.abc import Iterable

from reports.canonical import Json
from reports.documents import SessionProtocol
from reports.pdf import BOTTOM, Sheet, col, span
from reports.session_words import Words

X = col(4)
PARTS = ("colleague", "observer")


def present(record: Iterable[Json]) -> tuple[Json, ...]:
    """Facts "colleague_seen", which the end of a session writes of everybody who came in."""
    return tuple(fact["body"] for fact in record if fact.get("kind") == "colleague_seen")


def company(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    """Nothing where nobody was called in: papers of such sessions stay as they were."""
    found = present(protocol.facts.record)
    if not found:
        return y
    y = sheet.section(y, *say.section("also"), keep=40)
    for one in found:
        y = y if y + 12 <= BOTTOM else sheet.continued()
        y = sheet.flow(X, y, span(9), words(one, say), "body")
    return y + 4


def words(one: Json, say: Words) -> str:
    """One line about one of them; an observer sends nothing, so no seconds are witnessed."""
    part = say(one["part"]) if one["part"] in PARTS else one["part"]
    told = f"{one['name']}, {part}"
    if one["part"] == "observer":
        return told
    client, host = say.duration(one["with_client_s"]), say.duration(one["with_host_s"])
    return say("with_both", who=told, client=client, host=host)
