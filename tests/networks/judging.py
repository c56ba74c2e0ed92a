"""What a stretch of time on a network did to voice and picture, from the pages' own counters."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.networks.lab import Lab, stats
from tests.web.browsers import Person

LOOK_EVERY_S = 0.25
GAP_LOOK_EVERY_S = 0.1
SETTLED_S = 1.5


@dataclass(frozen=True, slots=True)
class Voice:
    """Per cent of packets that never came, and of samples that were made up."""

    lost: float
    concealed: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """`gap_s`: the longest time without a new frame at the host."""

    host: Voice
    client: Voice
    frames: int
    sent_frames: int
    gap_s: float
    freezes: int
    frozen_s: float
    kbit_s: int

    def line(self, name: str) -> str:
        """A row of the table."""
        return (
            f"{name:28} voice lost {self.host.lost:4.1f} / {self.client.lost:4.1f} %,"
            f" concealed {self.host.concealed:4.1f} / {self.client.concealed:4.1f} %;"
            f" frames {self.frames} of {self.sent_frames}, freezes {self.freezes}"
            f" ({self.frozen_s:.1f} s), longest gap {self.gap_s:.1f} s, {self.kbit_s} kbit/s"
        )


@dataclass(frozen=True, slots=True)
class Look:
    """How many frames there were at some moment between the question and its answer."""

    asked_s: float
    answered_s: float
    frames: int


def longest_gap(looks: Sequence[Look]) -> float:
    """The longest time without a new frame; never less than it was, and too long by two looks at
    most.

    A frame that a look is the first to count may have come as soon as the look before was asked;
    the one after it may not have come before the first look that counts it was answered.
    """
    longest, since = 0.0, looks[0].asked_s if looks else 0.0
    for before, look in pairwise(looks):
        longest = max(longest, look.answered_s - since)
        if look.frames != before.frames:
            since = before.asked_s
    return longest


def _grown(before: dict[str, Any], after: dict[str, Any], what: str) -> float:
    return float(after.get(what) or 0) - float(before.get(what) or 0)


def _voice(before: dict[str, Any], after: dict[str, Any]) -> Voice:
    a, b = before.get("audio", {}), after.get("audio", {})
    lost, came = _grown(a, b, "packetsLost"), _grown(a, b, "packetsReceived")
    if came <= 0:  # of what nobody passes on, nobody counts a loss
        return Voice(100.0, 100.0)
    samples, made_up = _grown(a, b, "totalSamplesReceived"), _grown(a, b, "concealedSamples")
    return Voice(100 * max(0.0, lost) / max(1, lost + came), 100 * made_up / max(1.0, samples))


async def stretch(lab: Lab, seconds: float) -> Stretch:
    """Watch for so long."""
    people = (lab.host, lab.client)
    before = [await stats(one) for one in people]
    gap_s = await _longest_gap(lab.host, seconds)
    after = [await stats(one) for one in people]
    seen, shown = (before[0].get("video", {}), after[0].get("video", {})), (
        before[1].get("out_video", {}), after[1].get("out_video", {}),
    )  # fmt: skip
    return Stretch(
        host=_voice(before[0], after[0]),
        client=_voice(before[1], after[1]),
        frames=int(_grown(*seen, "framesDecoded")),
        sent_frames=int(_grown(*shown, "framesEncoded")),
        gap_s=gap_s,
        freezes=int(_grown(*seen, "freezeCount")),
        frozen_s=_grown(*seen, "totalFreezesDuration"),
        kbit_s=int(8 * _grown(*shown, "bytesSent") / seconds / 1000),
    )


async def _longest_gap(one: Person, seconds: float) -> float:
    begun = time.monotonic()
    looks: list[Look] = []
    while (asked := time.monotonic()) - begun < seconds:
        found = (await stats(one)).get("video", {}).get("framesDecoded", 0)
        looks.append(Look(asked, time.monotonic(), found))
        await asyncio.sleep(GAP_LOOK_EVERY_S)
    return longest_gap(looks)


async def flows_again(lab: Lab, limit_s: float) -> float:
    """Seconds until picture and both voices grow, once what was under way has come."""
    begun = time.monotonic()
    await asyncio.sleep(SETTLED_S)
    first = await _counters(lab)
    while time.monotonic() - begun < limit_s:
        await asyncio.sleep(LOOK_EVERY_S)
        now = await _counters(lab)
        # A new connection counts from nothing, so less is also another number.
        if all(b and b != a for a, b in zip(first, now, strict=True)):
            return time.monotonic() - begun
    raise AssertionError(f"no media for {limit_s} s: {first} {await _counters(lab)}")


async def _counters(lab: Lab) -> list[int]:
    host, client = await stats(lab.host), await stats(lab.client)
    return [
        host.get("video", {}).get("framesDecoded", 0),
        host.get("audio", {}).get("packetsReceived", 0),
        client.get("audio", {}).get("packetsReceived", 0),
    ]
