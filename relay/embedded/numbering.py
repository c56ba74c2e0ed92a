"""Numbers of a forwarded stream: rewriting, history, key-frame throttle, reception. Pure."""

from relay.embedded import rtcp
from relay.embedded.datapath import shared

HISTORY_PACKETS = 512
KEYFRAME_EVERY_S = 0.3
REPAIRS_BURST = HISTORY_PACKETS
REPAIRS_PER_S = 2000
HALF_16 = 0x8000
GAP_S_MAX = 3600.0
START_BITS_PER_S = 2_500_000
FALLING = 0.95
LOST_MAX_256 = 25


@shared("numbering_t")
class Numbering:
    """Sequence numbers and timestamps of a publisher → those that a viewer sees.

    Both wrap (16 and 32 bits). `first` is where the viewer's numbers begin: low, since numbers
    that wrap early confuse the packet index of SRTP.
    """

    __slots__ = (
        "_c", "last_seq", "last_timestamp", "seq_offset", "started", "timestamp_offset",
    )  # fmt: skip

    def __init__(self, first: int = 1000) -> None:
        self.started = False
        self.seq_offset = self.timestamp_offset = 0
        self.last_seq, self.last_timestamp = (first - 1) & 0xFFFF, 0

    def rebase(self, seq: int, timestamp: int, gap: int) -> None:
        """The publisher's next packet becomes the viewer's next; `gap` in timestamp units."""
        self.seq_offset = (self.last_seq + 1 - seq) & 0xFFFF
        if self.started:
            self.timestamp_offset = (self.last_timestamp + gap - timestamp) & 0xFFFFFFFF
        self.started = True

    def map(self, seq: int, timestamp: int) -> tuple[int, int]:
        """Number and timestamp for the viewer."""
        out = (seq + self.seq_offset) & 0xFFFF
        when = (timestamp + self.timestamp_offset) & 0xFFFFFFFF
        if (out - self.last_seq) & 0xFFFF < HALF_16:
            self.last_seq, self.last_timestamp = out, when
        return out, when

    def unmap(self, out: int) -> int:
        """The publisher's number of a viewer's number."""
        return (out - self.seq_offset) & 0xFFFF


class History:
    """The last packets sent to one viewer: the one numbered n is in place n % 512."""

    __slots__ = ("packets",)

    def __init__(self) -> None:
        self.packets: list[bytes | None] = [None] * HISTORY_PACKETS

    def keep(self, number: int, packet: bytes) -> None:
        self.packets[number % HISTORY_PACKETS] = packet

    def find(self, number: int) -> bytes | None:
        """The packet with the number, or None when it never came or is too old."""
        packet = self.packets[number % HISTORY_PACKETS]
        if packet is None or packet[2] << 8 | packet[3] != number:
            return None
        return packet


class Repairs:
    """How many packets one viewer may have sent again: a report of 1900 bytes can ask for 8000.

    >>> repairs = Repairs()
    >>> [repairs.allow(400, now) for now in (10.0, 10.0, 10.0, 10.25)]
    [400, 112, 0, 400]
    """

    __slots__ = ("_at", "_left")

    def __init__(self) -> None:
        self._left, self._at = float(REPAIRS_BURST), 0.0

    def allow(self, wanted: int, now: float) -> int:
        """How many of the wanted may go now."""
        self._left = min(REPAIRS_BURST, self._left + (now - self._at) * REPAIRS_PER_S)
        self._at = now
        allowed = min(wanted, int(self._left))
        self._left -= allowed
        return allowed


class KeyframeThrottle:
    """At most one request in 300 ms goes up, and the last one is never lost."""

    __slots__ = ("_last_at", "pending")

    def __init__(self) -> None:
        self._last_at = float("-inf")
        self.pending = False

    def ask(self, now: float) -> float:
        """Seconds to wait before sending; 0 = send now (and it counts as sent)."""
        wait = self._last_at + KEYFRAME_EVERY_S - now
        if wait > 0:
            self.pending = True
            return wait
        self._last_at, self.pending = now, False
        return 0.0


@shared("reception_t")
class Reception:
    """What has arrived of one SSRC, for the receiver reports that we send up."""

    __slots__ = (
        "_base", "_c", "_expected_before", "_received_before", "highest", "received", "report_at",
        "report_ntp",
    )  # fmt: skip

    def __init__(self) -> None:
        self._base = self.highest = -1
        self.received = self._expected_before = self._received_before = 0
        self.report_ntp, self.report_at = 0, 0.0

    def count(self, seq: int) -> None:
        """One packet; `highest` grows with the wraps in its upper bits.

        What comes late has been repaired, and counts as lost all the same: a sender that is told
        of no loss sends ever more into a link that is full, and its repairs beside.
        """
        if self.highest < 0:
            self._base = self.highest = seq
            self.received = 1
            return
        step = (seq - self.highest) & 0xFFFF
        if 0 < step < HALF_16:
            self.highest += step
            self.received += 1

    def report(self, ssrc: int, now: float) -> rtcp.Report:
        """The block for a receiver report, with loss since the one before."""
        expected = self.highest - self._base + 1
        lately = expected - self._expected_before
        lost = lately - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        return rtcp.Report(
            ssrc=ssrc,
            highest=self.highest & 0xFFFFFFFF,
            lost=max(0, min(expected - self.received, 0x7FFFFF)),
            fraction=max(0, min(255, (lost << 8) // lately)) if lately > 0 else 0,
            last_sender_report=self.report_ntp >> 16 & 0xFFFFFFFF,
            delay_65536=(
                int((now - self.report_at) * 65536) & 0xFFFFFFFF if self.report_ntp else 0
            ),
        )


class Ceiling:
    """How many bits a publisher may send, from the estimates of its only viewer.

    A viewer's estimate starts at 300 kbit/s and grows by a twelfth a second, so a screen would
    stay blurred for half a minute on the best of networks. Until the viewer shows that it is
    congested (its estimate falls, or it loses a tenth) the publisher is told `START_BITS_PER_S`
    at least; from then on it is told the estimate itself.

    >>> ceiling = Ceiling()
    >>> [ceiling.allow(e) for e in (300_000, 400_000, 600_000, 500_000, 550_000)]
    [2500000, 2500000, 2500000, 500000, 550000]
    """

    __slots__ = ("_last", "congested")

    def __init__(self) -> None:
        self.congested = False
        self._last = 0

    def allow(self, estimate: int) -> int:
        """Bits per second to tell the publisher."""
        if estimate < self._last * FALLING:
            self.congested = True
        self._last = estimate
        return estimate if self.congested else max(estimate, START_BITS_PER_S)

    def lost(self, fraction: int) -> None:
        """The viewer lost `fraction` / 256 of what it should have received."""
        if fraction > LOST_MAX_256:
            self.congested = True
