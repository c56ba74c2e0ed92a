"""CPU that a forwarded packet costs: ours beside Janus, in turn, in one run.

Twenty one-to-one sessions of 350 packets/s with 1100 bytes each (a moving screen and two
voices), each with a phase of its own. The relay runs alone on core 0, the load on core 1, both
with a real-time priority when the system allows it, so that a busy machine does not lose packets
for us. Our engine witnesses every second as it does in the product. The figure is process CPU
time (user and system) divided by the packets that arrived.

Janus runs as Debian ships it and with one event loop, its own advice for one core; the peer is
the better of the two. The limit is coturn's hop, which decrypts nothing; `floor_us` in the
details is a bare loop of receive, unprotect, protect and send.
"""

import json
import statistics
from typing import Any

from bench import _coturn, _janus
from bench._network import run_inside
from bench._relay_rounds import PACKETS_PER_S, PAYLOAD_BYTES, ROUNDS, SESSIONS
from bench.result import Limit, Peer, Result, Unmeasured, spread

COMMAND = "python -m bench relay"
FLOOR = "recv + libsrtp unprotect + protect + send"
Runs = list[dict[str, float]]


def middle(runs: Runs) -> dict[str, float]:
    """The median of each figure, and the worst loss."""
    medians = {name: round(statistics.median(r[name] for r in runs), 2) for name in runs[0]}
    return {**medians, "lost_percent_worst": max(r["lost_percent"] for r in runs)}


def pair_ratios(ours: Runs, peer: Runs) -> list[float]:
    """Peer's cost over ours, round by round."""
    return [
        round(b["us_per_packet"] / a["us_per_packet"], 3) for a, b in zip(ours, peer, strict=True)
    ]


def compose(measured: dict[str, Any]) -> Result:
    """What the rounds printed → the result. Raises: Unmeasured when we lost a packet."""
    runs: dict[str, Runs] = measured["runs"]
    medians = {name: middle(of) for name, of in runs.items()}
    if medians["ours"]["lost_percent_worst"] > 0:
        raise Unmeasured(f"packets were lost, so the figures mean nothing: {medians['ours']}")
    costs = {name: figures["us_per_packet"] for name, figures in medians.items()}
    best = min((name for name in costs if name.startswith("janus")), key=lambda n: costs[n])
    limit = (
        Limit(f"coturn {_coturn.version()}, one hop", costs["coturn"])
        if "coturn" in costs
        else Limit(FLOOR, measured["floor_us"])
    )
    return Result(
        name="relay",
        unit="microseconds of CPU per forwarded packet",
        ours=costs["ours"],
        peer=Peer(best, _janus.version(), costs[best]),
        limit=limit,
        runs=ROUNDS,
        spread=spread([run["us_per_packet"] for run in runs["ours"]]),
        command=COMMAND,
        details={
            "load": f"{SESSIONS} sessions of {PACKETS_PER_S} packets/s, {PAYLOAD_BYTES} bytes",
            "floor_us": measured["floor_us"],
            "srtp": measured["srtp"],
            "pair_ratios": {
                name: pair_ratios(runs["ours"], runs[name]) for name in costs if name != "ours"
            },
            **medians,
        },
    )


def main() -> Result:
    return compose(json.loads(run_inside("bench._relay_rounds")))
