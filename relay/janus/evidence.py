"""Statistics of Janus, each second for each medium of a handle -> samples of the witness. Pure.

Counters only grow; what matters is how much more there is than a second ago. A statistic speaks of
the second before it, so it is counted where the middle of that second lies. Rules of a second, as
far as Janus sees it (relay.witness says what follows from them):

- a leg is heard when packets came on the handle on which it publishes (Janus counts only SRTP that
  it could verify), when what it reports of the handle on which it subscribes has changed, and when
  a connection of it came up (Janus tells nothing else of RTCP and STUN);
- media is forwarded to a leg when packets went out on the handle on which it subscribes;
- it is delivered when the far end of that handle has sent reports on what it receives (one number
  of its word is not zero; the quality of the link is the last to come, after two reports), and has
  not reported as many packets lost as were sent; that the handle came up counts as a slow report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from relay.witness import Flow, LegSample, Sample

KEPT_S = 30
# They change when a report came, but not with every one.
REPORTED = ("rtt", "jitter-remote", "lost-by-remote", "out-link-quality", "out-media-link-quality",
            "nacks-received")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statistic:
    """Of one medium of one handle, cumulative; `at` is unix time in seconds by the node."""

    handle: int
    mid: str
    at: float
    audio: bool
    received: int = 0
    bytes_received: int = 0
    sent: int = 0
    bytes_sent: int = 0
    lost_there: int = 0
    nacks: int = 0
    reported: bool = False
    word: tuple[int, ...] = ()  # what the far end says of our packets, as far as it is told


@dataclass(slots=True)
class _Second:
    legs: dict[str, LegSample] = field(default_factory=dict)
    forwarded: set[Flow] = field(default_factory=set)
    delivered: set[Flow] = field(default_factory=set)
    voiced: set[Flow] = field(default_factory=set)


@dataclass(slots=True)
class Totals:
    """Since the room was opened."""

    audio: int = 0
    video: int = 0
    bytes: int = 0
    nacks: int = 0  # packets that a viewer asked for again


class Evidence:
    """Of one room."""

    def __init__(self) -> None:
        self.totals = Totals()
        self._last: dict[tuple[int, str], Statistic] = {}
        self._reported: set[int] = set()
        self._seconds: dict[int, _Second] = {}

    def take(self, told: Statistic, leg: str, speaker: str | None) -> bool:
        """A statistic of a handle of `leg`; `speaker`: whose medium it is, None: the leg's own.

        Whether it is a sign of life of the leg: packets, or news in its reports.
        """
        before = self._last.get((told.handle, told.mid))
        if before is not None and told.at <= before.at:
            return False  # they may come in groups, and out of order
        self._last[(told.handle, told.mid)] = told
        if before is None:
            before = Statistic(told.handle, told.mid, told.at, told.audio)
        second = self._seconds.setdefault(int(told.at - 0.5), _Second())
        if speaker is None:
            self._came(second, leg, before, told)
            return told.received > before.received
        self._went(second, (speaker, leg), before, told)
        if told.word == before.word or not told.reported:
            return False
        known = second.legs.get(leg, LegSample())
        second.legs[leg] = replace(known, rtcp=known.rtcp + 1)
        return True

    def connected(self, leg: str, at: float, speakers: Iterable[str] = ()) -> None:
        """A connection of the leg came up at this unix time: ICE and DTLS were verified.

        `speakers`: whose media it is to receive. That it came up shows that what the node sends
        arrives, and stands for the first report, which browsers give of voice after 2.5 to 7.5 s.
        """
        second = self._seconds.setdefault(int(at), _Second())
        second.voiced |= {(speaker, leg) for speaker in speakers}
        known = second.legs.get(leg, LegSample())
        second.legs[leg] = replace(known, stun=known.stun + 1)

    def _came(self, second: _Second, leg: str, before: Statistic, told: Statistic) -> None:
        packets = max(0, told.received - before.received)
        known = second.legs.get(leg, LegSample())
        second.legs[leg] = replace(
            known,
            rtp=known.rtp + packets,
            audio_packets=known.audio_packets + packets * told.audio,
            video_packets=known.video_packets + packets * (not told.audio),
            bytes=known.bytes + max(0, told.bytes_received - before.bytes_received),
        )

    def _went(self, second: _Second, flow: Flow, before: Statistic, told: Statistic) -> None:
        packets = max(0, told.sent - before.sent)
        if told.reported:
            self._reported.add(told.handle)
        if packets:
            second.forwarded.add(flow)
            if told.handle in self._reported and told.lost_there - before.lost_there < packets:
                second.delivered.add(flow)
        if told.audio:
            self.totals.audio += packets
        else:
            self.totals.video += packets
        self.totals.bytes += max(0, told.bytes_sent - before.bytes_sent)
        self.totals.nacks += max(0, told.nacks - before.nacks)

    def sample(self, second: int, legs: Iterable[str]) -> Sample:
        """What is known of the second, of every leg that is there; older seconds are forgotten."""
        found = self._seconds.pop(second, _Second())
        for old in [one for one in self._seconds if one < second - KEPT_S]:
            del self._seconds[old]
        return Sample(
            second,
            {leg: found.legs.get(leg, LegSample()) for leg in legs},
            frozenset(found.forwarded),
            frozenset(found.delivered),
            frozenset(found.voiced),
        )

    def forget(self, handle: int) -> None:
        """The handle is gone."""
        self._reported.discard(handle)
        for key in [one for one in self._last if one[0] == handle]:
            del self._last[key]


def statistic_of(event: Mapping[str, object]) -> Statistic | None:
    """What an event of type media, subtype statistics says; None when it says something else."""
    body = event.get("event")
    if not isinstance(body, Mapping):
        return None

    def number(where: Mapping[str, object], name: str) -> int:
        value = where.get(name)
        return value if isinstance(value, int) and value >= 0 else 0

    word = tuple(number(body, name) for name in REPORTED)
    return Statistic(
        handle=number(event, "handle_id"),
        mid=str(body.get("mid", "")),
        at=number(event, "timestamp") / 1e6,
        audio=body.get("media") == "audio",
        received=number(body, "packets-received"),
        bytes_received=number(body, "bytes-received"),
        sent=number(body, "packets-sent"),
        bytes_sent=number(body, "bytes-sent"),
        lost_there=number(body, "lost-by-remote"),
        nacks=number(body, "nacks-received"),
        reported=any(word),
        word=word,
    )
