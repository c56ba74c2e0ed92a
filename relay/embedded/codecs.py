"""Which codecs pass through the relay, and which of two descriptions mean the same one.

Nothing is decoded, so a codec costs one line of this table. Retransmission streams (rtx), red
and ulpfec are not negotiated: a lost packet comes again under its own number.
"""

from dataclasses import dataclass

PASSING = {
    "audio": ("opus",),
    "video": ("vp8", "vp9", "h264", "av1"),
}
FEEDBACK = {
    "audio": (),
    "video": ("nack", "nack pli", "ccm fir", "goog-remb"),
}
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
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
