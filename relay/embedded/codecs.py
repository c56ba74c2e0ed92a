"""Which codecs pass through the relay, and which of two descriptions mean the same one.

Nothing is decoded, so a codec costs one line of this table. Retransmission streams (rtx), red
and ulpfec are not negotiated: a lost packet comes again under its own number.
"""

from dataclasses import dataclass

PASSING = {
    "audio": ("opus",),
    "video": ("vp8", "vp9", "h264", "av1"),
}
# Browsers compare names as they write them themselves.
WRITTEN = {"opus": "opus", "vp8": "VP8", "vp9": "VP9", "h264": "H264", "av1": "AV1"}
FEEDBACK = {
    "audio": ("nack", "transport-cc"),
    "video": ("nack", "nack pli", "ccm fir", "goog-remb"),
}
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_NUMBER = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
# What the relay writes into the packets of a kind. Picture: the sending time, for the viewer's
# estimate. Voice: a number that the listener confirms ten times a second, because Chromium
# reports on voice only every 2.5 to 7.5 s, which is too slow for a witness of seconds.
EXTENSION = {"audio": TRANSPORT_NUMBER, "video": ABS_SEND_TIME}
# A sender that stops for silence would look absent: discontinuous transmission is refused.
REFUSED_PARAMETERS = ("usedtx",)


@dataclass(frozen=True, slots=True)
class Codec:
    """One line `rtpmap` with its `fmtp`. `name` is lower case, `clock_rate` in Hz."""

    payload_type: int
    name: str
    clock_rate: int
    channels: int = 1
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str, default: str) -> str:
        return dict(self.parameters).get(name, default)

    @property
    def meaning(self) -> tuple[str, ...]:
        """Equal for two codecs that decode the same packets.

        >>> a = Codec(96, "h264", 90000, 1, (("profile-level-id", "42e01f"),))
        >>> b = Codec(45, "h264", 90000, 1, (("profile-level-id", "42e034"),))
        >>> a.meaning == b.meaning
        True
        """
        if self.name == "h264":
            profile = self.parameter("profile-level-id", "42e01f").lower()[:4]
            return self.name, self.parameter("packetization-mode", "0"), profile
        if self.name == "vp9":
            return self.name, self.parameter("profile-id", "0")
        if self.name == "av1":
            return self.name, self.parameter("profile", "0")
        return (self.name,)

    @property
    def fmtp(self) -> str:
        """The parameters as they are written back in an answer; "" when there are none."""
        kept = [p for p in self.parameters if p[0] not in REFUSED_PARAMETERS]
        return ";".join(f"{name}={value}" if value else name for name, value in kept)


def passing(kind: str, offered: tuple[Codec, ...]) -> tuple[Codec, ...]:
    """The offered codecs that the relay passes on, in the order of the offer."""
    names = PASSING.get(kind, ())
    return tuple(c for c in offered if c.name in names)


def same(codec: Codec, others: tuple[Codec, ...]) -> Codec | None:
    """The codec of `others` that decodes what `codec` sends, or None."""
    return next((c for c in others if c.meaning == codec.meaning), None)
