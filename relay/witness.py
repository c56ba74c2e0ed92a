"""Evidence → what can be said of one second. Pure.

Rules (unix second s, whole seconds as buckets):
- A leg is *present* in s when an authenticated packet (SRTP or SRTCP that libsrtp verified, or
  STUN with integrity) came from it in s or the four seconds before.
- A leg is *heard* by another in s when its audio or video was forwarded to the other in s or
  the second before, and the other's receiver reports moved on for it within the last
  `REPORT_S` seconds (or the second after: a report speaks of what came before it). Browsers
  that report on voice only every 2.5 to 7.5 s get `VOICE_REPORT_S` for those reports; Chromium
  confirms voice packets one by one and needs no such grace.
- Two legs are a *mutual pair* in s when both are present and each is heard by the other.

Joining and leaving are not evidence; a second without a sample has none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from relay.events import LegSecond, MediaStalled, SecondWitnessed

PRESENT_S = 5
MEDIA_S = 2
REPORT_S = 5
VOICE_REPORT_S = 8
STALL_S = 3
# Samples that a judgement may look at: so many seconds back, and one ahead.
MEMORY_S = 12

Flow = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LegSample:
    """Authenticated packets of one leg in one second, and its media packets and bytes."""

    rtp: int = 0
    rtcp: int = 0
    stun: int = 0
    audio_packets: int = 0
    video_packets: int = 0
    bytes: int = 0

    @property
    def heard(self) -> bool:
        return self.rtp + self.rtcp + self.stun > 0


@dataclass(frozen=True, slots=True)
class Sample:
    """What was counted in one second. Flows are (speaker, listener).

    `forwarded`: media went out to the listener. `delivered`: the listener confirmed progress.
    `voiced`: the listener's slow report on voice showed progress.
    """

    second: int
    legs: Mapping[str, LegSample] = field(default_factory=dict)
    forwarded: frozenset[Flow] = frozenset()
    delivered: frozenset[Flow] = frozenset()
    voiced: frozenset[Flow] = frozenset()


def _there(samples: Iterable[Sample], second: int) -> set[str]:
    """The legs that are present."""
    recent = (s for s in samples if 0 <= second - s.second < PRESENT_S)
    return {leg for s in recent for leg, counted in s.legs.items() if counted.heard}


def _reached(samples: Iterable[Sample], second: int) -> set[Flow]:
    """The flows whose media reached the listener."""
    sent: set[Flow] = set()
    confirmed: set[Flow] = set()
    for sample in samples:
        ago = second - sample.second
        if 0 <= ago < MEDIA_S:
            sent |= sample.forwarded
        if -1 <= ago < REPORT_S:
            confirmed |= sample.delivered
        if -1 <= ago < VOICE_REPORT_S:
            confirmed |= sample.voiced
    return sent & confirmed


def present(samples: Iterable[Sample], leg: str, second: int) -> bool:
    """Whether the leg was there."""
    return leg in _there(samples, second)


def heard(samples: Iterable[Sample], speaker: str, listener: str, second: int) -> bool:
    """Whether the speaker's media reached the listener."""
    return (speaker, listener) in _reached(samples, second)


def pairs(samples: Iterable[Sample], second: int) -> tuple[tuple[str, str], ...]:
    """Mutual pairs, each sorted, in order."""
    known = list(samples)
    there, reached = sorted(_there(known, second)), _reached(known, second)
    return tuple(
        (a, b)
        for index, a in enumerate(there)
        for b in there[index + 1 :]
        if (a, b) in reached and (b, a) in reached
    )


def legs(samples: Iterable[Sample], second: int) -> tuple[LegSecond, ...]:
    """Every leg known in the second, sorted by name."""
    known = list(samples)
    there = _there(known, second)
    counted = next((s.legs for s in known if s.second == second), {})
    return tuple(
        LegSecond(
            leg=leg,
            present=leg in there,
            audio_packets=sample.audio_packets,
            video_packets=sample.video_packets,
            bytes=sample.bytes,
            rtp=sample.rtp,
            rtcp=sample.rtcp,
            stun=sample.stun,
        )
        for leg, sample in sorted(counted.items())
    )


def judged(
    room: str, samples: Iterable[Sample], second: int
) -> tuple[SecondWitnessed | MediaStalled, ...]:
    """What is told of the second: who was there and heard whom, then whose media fell silent."""
    known = list(samples)
    seen = legs(known, second)
    found: list[SecondWitnessed | MediaStalled] = [
        SecondWitnessed(room, second, seen, pairs(known, second))
    ]
    for leg in seen:
        since = stalled(known, leg.leg, second) if leg.present else None
        if since is not None:
            found.append(MediaStalled(room, leg.leg, since))
    return tuple(found)


def stalled(samples: Iterable[Sample], leg: str, second: int) -> int | None:
    """The first second without media when a leg fell silent exactly now; told once a stall."""
    known = {s.second: s.legs[leg] for s in samples if leg in s.legs}

    def media(at: int) -> bool:
        return at in known and known[at].audio_packets + known[at].video_packets > 0

    silent = range(second - STALL_S + 1, second + 1)
    if media(second - STALL_S) and not any(media(s) for s in silent):
        return silent[0]
    return None
