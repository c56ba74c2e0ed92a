"""What one core carries: 40 000 packets/s beside Janus, then ever more until 0.5 % is lost.

Twenty one-to-one sessions as in `bench.relay`, with the relay alone on core 0 and the load on
core 1. The load encrypts ahead and counts without Python, so that one core of it can fill one of
ours; the first session is timed packet by packet. The delay holds the load's own slots of 1 ms.
The peer is Janus with one event loop, its own advice for one core. The limit of the first figure
is a bare loop of receive, unprotect, protect and send; the second has no other than the core.
"""

import json
import statistics
from typing import Any

from bench import _janus
from bench._network import run_inside
from bench._relay_capacity import BESIDE, LOST_PERCENT_MAX
from bench._relay_floor import floor_us
from bench._relay_rounds import PAYLOAD_BYTES
from bench.relay import FLOOR, Runs, middle, pair_ratios
from bench.result import Limit, Peer, Result, Unmeasured, spread

COMMAND = "python -m bench relay_capacity"
JANUS = "janus event_loops=1"


def compose(measured: dict[str, Any], floor: float) -> list[Result]:
    """What was printed → two results. Raises: Unmeasured when we lost a packet at 40 000/s."""
    beside: dict[str, Runs] = measured["beside"]
    most: dict[str, Runs] = measured["most"]
    medians = {name: middle(runs) for name, runs in beside.items()}
    if medians["ours"]["lost_percent_worst"] > 0 or not all(most.values()):
        raise Unmeasured(f"packets were lost, so the figures mean nothing: {medians}")
    costs = [run["us_per_packet"] for run in beside["ours"]]
    version = _janus.version()
    reached = {name: runs[-1]["arrived_per_s"] for name, runs in most.items()}
    return [
        Result(
            "relay_40000", "microseconds of CPU per forwarded packet", statistics.median(costs),
            Peer(JANUS, version, medians[JANUS]["us_per_packet"]), Limit(FLOOR, floor),
            len(costs), spread(costs), COMMAND,
            details={"load": f"{BESIDE.sessions} sessions of {BESIDE.packets_per_s} packets/s",
                     "pair_ratios": pair_ratios(beside["ours"], beside[JANUS]), **medians},
        ),
        Result(
            "relay_most", f"packets/s before {LOST_PERCENT_MAX} % is lost", reached["ours"],
            Peer(JANUS, version, reached[JANUS]),
            Limit("our core, were all of it used",
                  round(100 * reached["ours"] / most["ours"][-1]["core_percent"])),
            1, 0.0, COMMAND, smaller_is_better=False, details=most,
        ),
    ]  # fmt: skip


def main() -> list[Result]:
    printed = run_inside("bench._relay_capacity")
    return compose(json.loads(printed), floor_us(PAYLOAD_BYTES))
