"""Network namespaces: a server in the middle, two people on a wire of their own each.

    with Networks() as net:            # root is needed; nothing of it outlives this process
        net.host.loses(5)              # per cent, each way
        net.client.rate(600)           # kbit/s, each way
        net.client.cut_udp()

A namespace lives as long as the `cat` that holds it, and the `cat` as long as the pipe from us.
This machine's kernel may lack netem, so loss is a random drop of nftables and a narrow link is
a token bucket (tbf); both take the packets that arrive and those that leave.
"""

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator
from types import TracebackType
from typing import Self

RELAY, TURN = "10.79.0.1", "10.79.0.2"
CLONE_NEWNET = 0x40000000
QUEUE_MS = 200  # what a home router keeps before it drops
BURST_BYTES = 4096

_libc = ctypes.CDLL(None, use_errno=True)


class NoNetworks(Exception):
    """The system makes no namespaces for us; why: what it said."""

    def __init__(self, why: str) -> None:
        super().__init__(f"tests of networks need root, iproute2 and nftables: {why}")
        self.why = why


class Space:
    """One namespace; `prefix` starts a command inside."""

    def __init__(self) -> None:
        try:
            self._holder = subprocess.Popen(
                ["unshare", "--net", "sh", "-c", "echo; exec cat"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:
            raise NoNetworks(str(error)) from error
        assert self._holder.stdout is not None
        if not self._holder.stdout.readline():
            raise NoNetworks("unshare --net was refused")
        self.pid = self._holder.pid
        self.prefix = ("nsenter", f"--net=/proc/{self.pid}/ns/net", "--")
        self.do("ip link set lo up")

    def do(self, *commands: str) -> str:
        """Run commands inside; what they printed. Raises: NoNetworks."""
        said = ""
        for command in commands:
            done = subprocess.run(
                [*self.prefix, *command.split()], capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise NoNetworks(f"{command}: {done.stderr.strip()}")
            said += done.stdout
        return said

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """This thread, and the processes that it starts, are in the namespace meanwhile."""
        with open("/proc/thread-self/ns/net") as home, open(f"/proc/{self.pid}/ns/net") as there:
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())

    def close(self) -> None:
        self._holder.communicate()


def _enter(number: int) -> None:
    if _libc.setns(number, CLONE_NEWNET):
        raise NoNetworks(os.strerror(ctypes.get_errno()))


class Wire:
    """One person's network: a namespace and the wire between it and the server."""

    def __init__(self, server: Space, number: int) -> None:
        self.space, self._server = Space(), server
        self.name = f"w{number}"
        self.near, self.far = f"10.79.{number}.2", f"10.79.{number}.1"
        server.do(
            f"ip link add {self.name} type veth peer name wire netns {self.space.pid}",
            f"ip address add {self.far}/24 dev {self.name}",
            f"ip link set {self.name} up",
        )
        self.space.do(
            f"ip address add {self.near}/24 dev wire",
            "ip link set wire up",
            f"ip route add default via {self.far}",
        )
        self._sides = ((self.space, "wire", "saddr"), (server, self.name, "daddr"))
        for space, device, _ in self._sides:
            space.do(
                "nft add table ip bad",
                f"nft add chain ip bad {device} {{ type filter hook input priority 0 ; }}",
            )

    def roams(self, overlap: bool = False) -> None:
        """The network goes away with its address, and another one comes, a phone's after Wi-Fi.

        overlap: the other one is there already when the first goes.
        """
        number = int(self.name[1:])
        near, far = f"10.79.{100 + number}.2", f"10.79.{100 + number}.1"
        if not overlap:
            self.space.do("ip link delete wire")
        self._server.do(
            f"ip link add m{number} type veth peer name mobile netns {self.space.pid}",
            f"ip address add {far}/24 dev m{number}",
            f"ip link set m{number} up",
        )
        self.space.do(
            f"ip address add {near}/24 dev mobile",
            "ip link set mobile up",
            f"ip route add default via {far} metric 10",
        )
        if overlap:
            self.space.do("ip link delete wire")

    def loses(self, percent: int) -> None:
        """So many of a hundred packets on the wire, each way, by chance."""
        self._drop(f"numgen random mod 100 < {percent}")

    def cut_udp(self, address: str = "") -> None:
        """No UDP passes any more, or none of the address."""
        self._drop("meta l4proto udp", address)

    def cut(self) -> None:
        """Nothing passes any more."""
        self._drop("meta l4proto > 0")

    def _drop(self, what: str, address: str = "") -> None:
        """On arrival at either side: who sends is told nothing, as in a real network."""
        for space, device, side in self._sides:
            of = f"ip {side} {address} " if address else ""
            space.do(f"nft add rule ip bad {device} iif {device} {of}{what} drop")

    def rate(self, kbit_s: int) -> None:
        """The wire carries so much each way; what waits longer than a queue holds is lost."""
        shape = f"root tbf rate {kbit_s}kbit burst {BURST_BYTES} latency {QUEUE_MS}ms"
        for space, device, _ in self._sides:
            space.do(f"tc qdisc replace dev {device} {shape}")

    def mend(self) -> None:
        """A good wire again."""
        for space, device, _ in self._sides:
            space.do(f"nft flush chain ip bad {device}")
            if "tbf" in space.do(f"tc qdisc show dev {device}"):
                space.do(f"tc qdisc delete dev {device} root")

    def close(self) -> None:
        self.space.close()


class Networks:
    """The server's namespace with the relay's and the TURN server's address, and two wires."""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            self.server = Space()
            undo.callback(self.server.close)
            self.server.do(
                f"ip address add {RELAY}/32 dev lo",
                f"ip address add {TURN}/32 dev lo",
            )
            self.host, self.client = (self._wire(undo, number) for number in (1, 2))
            self._undo = undo.pop_all()
        return self

    def _wire(self, undo: contextlib.ExitStack, number: int) -> Wire:
        wire = Wire(self.server, number)
        undo.callback(wire.close)
        return wire

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._undo.close()
