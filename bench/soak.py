"""Sixty sessions with moving screens on one relay process, for ten minutes (`MINUTES=n`).

Each session is a stream of 350 packets/s of 1100 bytes, as in `bench.relay`. The figure is the
share of a core that the relay needs, the median of its minutes. It is no result when a packet is
lost, or when the process still grows after its first two minutes: the histories of 512 packets
fill within seconds. Janus (one event loop) and coturn carry the same load for twenty seconds.
"""

import json
import statistics
from typing import Any

from bench import _coturn, _janus
from bench._network import run_inside
from bench.relay import Runs
from bench.result import Limit, Peer, Result, Unmeasured, spread

COMMAND = "python -m bench soak"
GROWTH_MIB_MAX = 4
WARM_MINUTES = 2


def growth_mib(runs: Runs) -> float:
    """Of the resident memory between the end of the warm minutes and the end."""
    return runs[-1]["rss_mib"] - runs[min(WARM_MINUTES, len(runs)) - 1]["rss_mib"]


def compose(measured: dict[str, Runs]) -> Result:
    """What was printed → the result. Raises: Unmeasured when we lost a packet or grew."""
    runs = measured["ours"]
    lost, grown = max(run["lost_percent"] for run in runs), growth_mib(runs)
    if lost > 0 or grown > GROWTH_MIB_MAX:
        raise Unmeasured(f"{lost} % lost, {grown} MiB grown: {runs}")
    shares = [run["core_percent"] for run in runs]
    details: dict[str, Any] = {
        "minutes": len(runs), "grown_mib": grown,
        "packets": sum(60 * run["arrived_per_s"] for run in runs), **measured,
    }  # fmt: skip
    return Result(
        name="soak",
        unit="percent of a core for 60 sessions of 350 packets/s",
        ours=statistics.median(shares),
        peer=Peer("janus event_loops=1", _janus.version(), measured["janus"][0]["core_percent"]),
        limit=Limit(f"coturn {_coturn.version()}, one hop", measured["coturn"][0]["core_percent"]),
        runs=len(runs),
        spread=spread(shares),
        command=COMMAND,
        details=details,
    )


def main() -> Result:
    return compose(json.loads(run_inside("bench._soak_rounds")))
