"""The compiled loop against the Python path, which says what is right: one story, one end."""

import asyncio
import random
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylibsrtp import Error

from relay.embedded import compiling, datapath
from relay.embedded.forwarder import Sink
from relay.embedded.numbering import History
from relay.recording import Tape
from tests.relay.fuzz.mutations import of_bytes
from tests.relay.lane import CODECS, Lane, some_rtp

LANES = (False, True)


class Story:
    """What happens to a lane, told by dice of a seed: two lanes of one seed hear the same."""

    def __init__(self, lane: Lane, seed: int) -> None:
        self.lane, self.dice = lane, random.Random(seed)
        self.seqs = {kind: self.dice.choice((5, 65_500)) for kind in CODECS}
        self.sent: list[bytes] = [bytes(12)]
        rare = (self.again, self.broken, self.renumbered, self.unready, self.reseat, self.record,
                self.lost, self.stranger)  # fmt: skip
        self.events: list[Callable[[], None]] = [*[self.packet] * 24, *rare]

    def go(self, steps: int) -> None:
        for _ in range(steps):
            for viewer in self.lane.viewers:  # Silence counts by the clock, and as an hour at most.
                for sink in viewer.sinks.values():
                    sink.last_at = 0.0
            self.dice.choice(self.events)()

    def packet(self, payload_type: int | None = None, ssrc: int | None = None) -> None:
        kind = self.dice.choice(list(CODECS))
        self.seqs[kind] += self.dice.choice((1, 1, 1, 1, 2, -3))
        packet = bytearray(some_rtp(self.dice, kind, self.seqs[kind]))
        if payload_type is not None:
            packet[1] = payload_type
        if ssrc is not None:
            packet[8:12] = ssrc.to_bytes(4, "big")
        try:
            datagram = self.lane.encrypted(bytes(packet))
        except Error:
            return
        self.sent = [*self.sent[-20:], datagram]
        self.lane.give(datagram)

    def again(self) -> None:
        self.lane.give(self.dice.choice(self.sent))

    def broken(self) -> None:
        self.lane.give(of_bytes(self.sent, self.dice))

    def stranger(self) -> None:
        self.packet(payload_type=self.dice.randrange(256))

    def renumbered(self) -> None:
        """The publisher comes back under another SSRC."""
        self.packet(ssrc=self.dice.randrange(100, 104))

    def _sink(self) -> Sink:
        viewer = self.dice.choice(self.lane.viewers)
        return viewer.sinks[self.dice.choice(list(CODECS))]

    def unready(self) -> None:
        wire = self.dice.choice(self.lane.viewers).wire
        wire.ready = not wire.ready

    def reseat(self) -> None:
        sink = self._sink()
        track = self.lane.tracks[sink.kind]
        if sink.track is None:
            sink.attach(track, 100)
        else:
            sink.detach()

    def record(self) -> None:
        track = self.lane.tracks["video"]
        track.tape = None if track.tape is not None else Silent()  # type: ignore[assignment]

    def lost(self) -> None:
        sink = self._sink()
        last = sink.numbering.last_seq
        sink._repairs._left = 512.0
        sink.repair(tuple((last - n) & 0xFFFF for n in range(self.dice.randrange(6))))


class Silent(Tape):
    """A tape that keeps nothing."""

    def __init__(self) -> None: ...
    def put(self, now: float, packet: bytes) -> None: ...


def test_it_is_compiled_of_todays_source() -> None:
    """`make setup` and `make test` see to it."""
    assert datapath.module is not None
    assert datapath.fingerprint() == datapath.module.lib.FINGERPRINT


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32))
async def test_both_paths_come_to_the_same_end(seed: int) -> None:
    ends = []
    for by_hand in LANES:
        lane = Lane(by_hand=by_hand)
        Story(lane, seed).go(80)
        ends.append(lane.state())
        lane.close()
        await asyncio.sleep(0)
    for name in ends[0]:
        assert ends[0][name] == ends[1][name], name


async def test_only_what_is_unusual_is_handed_up() -> None:
    lane = Lane(by_hand=False)
    dice = random.Random(1)
    for seq in range(50):
        lane.give(lane.encrypted(some_rtp(dice, "video", seq)))
    poller = lane.wire.transport._poller
    assert poller is not None
    assert poller._c.handed_up == 1, "the first packet, which says where the numbers begin"
    assert [len(viewer.got()) for viewer in lane.viewers] == [50, 50]
    lane.close()


async def test_a_full_or_closed_socket_loses_packets_and_counts_none() -> None:
    lane = Lane(by_hand=False)
    dice = random.Random(1)
    lane.give(lane.encrypted(some_rtp(dice, "video", 1)))
    gone, stays = lane.viewers
    gone.wire.transport.close()
    lane.give(lane.encrypted(some_rtp(dice, "video", 2)))
    assert gone.sinks["video"].packets == 1
    assert stays.sinks["video"].packets == 2
    gone.socket.close()
    lane.viewers = [stays]
    lane.close()


@given(st.lists(st.integers(0, 0xFFFF), max_size=40), st.integers(0, 0xFFFF))
def test_the_compiled_history_is_the_history(kept: list[int], asked: int) -> None:
    both = (History(), datapath.KeptPackets())
    for number in kept:
        for history in both:
            history.keep(number, b"\x80\x60" + number.to_bytes(2, "big") + bytes(number % 1500))
    assert both[0].find(asked) == both[1].find(asked)


async def test_a_sender_is_told_as_the_socket_module_tells_it() -> None:
    lane = Lane(by_hand=False)
    port, heard = lane.wire.transport, list[tuple[object, ...]]()
    port.took = lambda length, sender: heard.append((length, *sender))
    assert port._poller is not None
    for host in ("127.0.0.1", "2001:db8::7"):
        port._poller.given(port, b"\0" * 20, (host, 40_000))
    assert heard == [(20, "127.0.0.1", 40_000), (20, "2001:db8::7", 40_000, 0, 0)]
    lane.close()


async def test_a_pollers_files_close_with_its_last_socket() -> None:
    lane = Lane(by_hand=False)
    poller = lane.wire.transport._poller
    assert poller is not None
    lane.close()
    assert poller._epoll.closed


def test_without_a_compiler_setup_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*, sanitize: bool) -> None:
        raise compiling.VerificationError("no gcc")

    monkeypatch.setattr(datapath, "module", None)
    monkeypatch.setattr(compiling, "compile_here", fails)
    compiling.main([])
    assert "forwarded in Python" in capsys.readouterr().err


class Builder:
    """In place of a compiler; without `made` the built file is missing when it is wanted."""

    made: bytes | None = None

    def cdef(self, header: str) -> None: ...
    def set_source(self, name: str, source: str, **options: object) -> None: ...

    def compile(self, tmpdir: str) -> str:
        built = Path(tmpdir, "built.so")
        if self.made is not None:
            built.write_bytes(self.made)
        return str(built)


def test_there_is_a_whole_module_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = ("datapath.h", "sockets.c", "datapath.c")
    for name in sources:
        shutil.copy(compiling.HERE / name, tmp_path)
    monkeypatch.setattr(compiling, "HERE", tmp_path)
    monkeypatch.setattr(compiling, "FFI", Builder)
    place = tmp_path / f"_datapath{sysconfig.get_config_var('EXT_SUFFIX')}"
    place.write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        compiling.compile_here()
    assert place.read_bytes() == b"old"
    monkeypatch.setattr(Builder, "made", b"new")
    with place.open("rb") as running:
        compiling.compile_here()
        assert (running.read(), place.read_bytes()) == (b"old", b"new")
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([place.name, *sources])


UNCOMPILED = """
import sys
import sysconfig
sys.modules["relay.embedded._datapath"] = None
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""


def uncompiled(*arguments: str) -> str:
    """Run tests in a process where nothing is compiled; what it said when one failed."""
    command = [sys.executable, "-c", UNCOMPILED, "-p", "no:randomly", "-p", "no:cacheprovider"]
    ended = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr if ended.returncode else ""


@pytest.mark.slow
def test_the_python_path_serves_alone() -> None:
    """The same tests; the rest of them in `make nightly`."""
    assert not uncompiled(
        "tests/relay/test_engine.py::test_resuming_keeps_sources_and_viewers",
        "tests/relay/test_forwarding.py::test_totals_survive_the_viewer",
    )


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_the_python_path_serves_all() -> None:
    only_compiled = ("--ignore", __file__, "--ignore", "tests/relay/test_straight.py")
    assert not uncompiled("tests/relay", "-m", "not nightly and not browser", *only_compiled)
