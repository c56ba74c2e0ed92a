"""The measuring of `bench.soak`, in a network of its own; prints one JSON object:
`{side: [run, …]}`, one run a minute of ours and a shorter one of each peer.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bench import _coturn, _janus
from bench._relay_flood import counter_of
from bench._relay_rounds import Run, Shape, coturn, janus, ours, pin_load

MINUTES = int(os.environ.get("MINUTES", "10"))
SOAK = Shape(60, 350, 60.0, counter=counter_of, runs=MINUTES)
BESIDE = Shape(60, 350, 20.0, counter=counter_of)
SIDES: dict[str, Callable[[], tuple[list[Run], str]]] = {
    "janus": lambda: janus(1, BESIDE),
    "coturn": lambda: coturn(BESIDE),
    "ours": lambda: ours(SOAK),
}


def side(name: str) -> list[dict[str, Any]]:
    print(f"  {name}", file=sys.stderr, flush=True)
    runs, _ = SIDES[name]()
    return [asdict(run) for run in runs]


def main() -> None:
    for missing in (m for m in (_janus, _coturn) if not m.installed()):
        sys.exit(f"{missing.__name__} is not installed: apt-get install janus coturn")
    pin_load()
    json.dump({name: side(name) for name in SIDES}, sys.stdout)


if __name__ == "__main__":
    main()
