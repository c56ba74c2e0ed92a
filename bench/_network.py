"""A network of the benchmark's own: no packet of the load leaves it, and it goes with its process.

A kernel network namespace is made for one child process (`unshare --net`), in it one veth pair
with an address. Both ends are inside: a relay and its load speak over that address, since
media servers do not offer 127.0.0.1. Nothing is left behind even when the child is killed.
"""

import os
import subprocess
import sys

from bench.result import Unmeasured

ADDRESS = "10.77.0.1"
COMMANDS = (
    "ip link set lo up",
    "ip link add bench0 type veth peer name bench1",
    f"ip address add {ADDRESS}/24 dev bench0",
    "ip link set bench0 up",
    "ip link set bench1 up",
)


class NoNetwork(Unmeasured):
    """The system lets us make no network namespace; `why` is what it said."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "the benchmark needs a network namespace of its own (root, or namespaces allowed "
            f"to everybody: sysctl kernel.unprivileged_userns_clone=1) and iproute2: {why}"
        )
        self.why = why


def _prefix() -> list[str]:
    """Root keeps its rights (real-time priority); others become root of the namespace only."""
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]


def run_inside(module: str) -> str:
    """Run `python -m module` in a new network; what it printed. Raises: Unmeasured."""
    script = " && ".join((*COMMANDS, 'exec "$@"'))
    try:
        subprocess.run(
            [*_prefix(), "sh", "-c", " && ".join(COMMANDS)],
            capture_output=True, check=True, text=True,
        )  # fmt: skip
    except FileNotFoundError as missing:
        raise NoNetwork(f"{missing.filename} is not installed") from missing
    except subprocess.CalledProcessError as failed:
        raise NoNetwork(failed.stderr.strip()) from failed
    command = [*_prefix(), "sh", "-c", script, "sh", sys.executable, "-m", module]
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if ended.returncode != 0:
        raise Unmeasured(f"{module} ended with {ended.returncode}; what it said is above")
    return ended.stdout
