"""The part of a protocol about recordings: consent, span, hash of the file, what is missing."""

from reports.documents import SessionProtocol
from reports.page_parts import moment
from reports.pdf import BOTTOM, Sheet, col, span
from reports.recordings import Recorded, recorded
from reports.session_words import Words
from reports.wording import SIDES

X = col(4)
REASONS = ("disk_full", "disk_failed", "too_slow", "relay_lost", "not_here")


def recordings(sheet: Sheet, y: float, protocol: SessionProtocol, say: Words) -> float:
    """Nothing where nothing was recorded: papers of such sessions stay as they were."""
    found = recorded(protocol.facts.record)
    if not found:
        return y
    y = sheet.section(y, *say.section("recording"), keep=60)
    for one in found:
        for text, style in _lines(protocol, one, say):
            y = y if y + 12 <= BOTTOM else sheet.continued()
            y = sheet.flow(X, y, span(9), text, style)
        y += 6
    return y + 2


def _lines(protocol: SessionProtocol, one: Recorded, say: Words) -> list[tuple[str, str]]:
    zone = protocol.issuer.zone
    assert one.begin is not None
    end = say("until", end=moment(one.end, zone)) if one.end else ""
    lines = [(say("recorded", begin=moment(one.begin, zone), end=end), "body")]
    agreed = ", ".join(
        f"{say.code(SIDES, side)} {at.astimezone(zone):%H:%M:%S}" for side, at in one.agreed
    )
    lines.append((say("agreed", who=agreed, text=one.text), "label"))
    for since, until, reason in one.gaps:
        times = f"{since.astimezone(zone):%H:%M:%S}–{until.astimezone(zone):%H:%M:%S}"
        why = say(reason) if reason in REASONS else reason
        lines.append((say("not_recorded", times=times, why=why), "label"))
    if one.sha256:
        lines.append((say("sha_of_file", sha=one.sha256), "label"))
    else:
        lines.append((say("no_file" if one.lost else "file_soon"), "label"))
    return lines
