"""The measuring of `bench.relay_capacity`, in a network of its own; prints one JSON object:
`{"beside": {side: [run, …]}, "most": {side: [run, …]}}`.
"""

import json
import sys
from dataclasses import asdict, replace
from typing import Any

from bench import _janus
from bench._relay_flood import counter_of, sender_of
from bench._relay_rounds import Run, Shape, janus, ours, pin_load

BESIDE = Shape(20, 2000, 3.0, sender_of, counter_of)
ROUNDS = 3
STEP_PER_S, STEPS = 500, 16
LOST_PERCENT_MAX = 0.5


def side(name: str, shape: Shape) -> Run:
    print(f"  {name} {shape.sessions * shape.packets_per_s}/s", file=sys.stderr, flush=True)
    (run,), _ = ours(shape) if name == "ours" else janus(1, shape)
    return run


def most(name: str) -> list[dict[str, Any]]:
    """More each time, until too much is lost; the last that was not."""
    runs = []
    for step in range(STEPS):
        shape = replace(BESIDE, packets_per_s=2000 + step * STEP_PER_S, measured_s=2.0)
        run = side(name, shape)
        if run.lost_percent > LOST_PERCENT_MAX:
            break
        runs.append(asdict(run))
    return runs


def main() -> None:
    if not _janus.installed():
        sys.exit("Janus is not installed: apt-get install janus")
    pin_load()
    names = ["ours", "janus event_loops=1"]
    beside: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for number in range(ROUNDS):
        for name in names if number % 2 else names[::-1]:
            beside[name].append(asdict(side(name, BESIDE)))
    json.dump({"beside": beside, "most": {name: most(name) for name in names}}, sys.stdout)


if __name__ == "__main__":
    main()
