"""Running counters of a room → what was counted in one second, and in all."""

from collections.abc import Iterable

from relay.embedded.forwarder import Sink, Totals, Track
from relay.embedded.leg import Leg
from relay.engine import RoomStats
from relay.witness import Flow, LegSample, Sample

Flows = Iterable[tuple[Leg, list[Track], list[Sink]]]


class Sampler:
    """Remembers what it has told already; counters themselves only grow."""

    def __init__(self) -> None:
        self._told: dict[str, LegSample] = {}
        self.totals = Totals()

    def sample(self, second: int, flows: Flows) -> Sample:
        """What came since the last call, told as the second's."""
        legs: dict[str, LegSample] = {}
        forwarded: set[Flow] = set()
        delivered: set[Flow] = set()
        voiced: set[Flow] = set()
        for leg, tracks, sinks in flows:
            total = _total(leg, tracks)
            legs[leg.name] = _since(self._told.get(leg.name, LegSample()), total)
            self._told[leg.name] = total
            for sink in sinks:
                assert sink.track is not None
                flow = (sink.track.leg, leg.name)
                if sink.packets > sink.told:
                    forwarded.add(flow)
                if sink.delivered:
                    delivered.add(flow)
                if sink.voiced:
                    voiced.add(flow)
                sink.told, sink.delivered, sink.voiced = sink.packets, False, False
        return Sample(second, legs, frozenset(forwarded), frozenset(delivered), frozenset(voiced))

    def stats(self, room: str, legs: tuple[str, ...], flows: Flows) -> RoomStats:
        """Totals up to this moment."""
        for _, _, sinks in flows:
            for sink in sinks:
                sink.settle()
        totals = self.totals
        return RoomStats(
            room=room,
            legs=legs,
            audio_packets_forwarded=totals.audio,
            video_packets_forwarded=totals.video,
            bytes_forwarded=totals.bytes,
            packets_retransmitted=totals.retransmitted,
            keyframes_asked=totals.keyframes,
        )

    def forget(self, leg: str) -> None:
        """The leg is gone; one of the same name starts from nothing."""
        self._told.pop(leg, None)


def _total(leg: Leg, tracks: list[Track]) -> LegSample:
    """Counters of a leg since it came."""
    by_kind = {"audio": 0, "video": 0}
    for track in tracks:
        by_kind[track.kind] += track.packets
    return LegSample(
        rtp=leg.tally.rtp,
        rtcp=leg.tally.rtcp,
        stun=leg.tally.stun,
        audio_packets=by_kind["audio"],
        video_packets=by_kind["video"],
        bytes=sum(track.bytes for track in tracks),
    )


def _since(before: LegSample, now: LegSample) -> LegSample:
    """The difference; a track that was taken away cannot make it negative."""
    return LegSample(
        rtp=now.rtp - before.rtp,
        rtcp=now.rtcp - before.rtcp,
        stun=now.stun - before.stun,
        audio_packets=max(0, now.audio_packets - before.audio_packets),
        video_packets=max(0, now.video_packets - before.video_packets),
        bytes=max(0, now.bytes - before.bytes),
    )
