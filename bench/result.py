"""One benchmark's result: what it is compared with, how it is written and printed."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).parent / "results"


class Unmeasured(Exception):
    """A benchmark could not be run, or its figures mean nothing; says why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another product doing the same work in the same run."""

    name: str
    version: str
    value: float


@dataclass(frozen=True, slots=True)
class Limit:
    """What the work cannot cost less than (or do more than) on this machine."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Result:
    """Medians of `runs`; `spread` is (worst - best) / median of ours. Ratios: larger is better."""

    name: str
    unit: str
    ours: float
    peer: Peer
    limit: Limit
    runs: int
    spread: float
    command: str
    smaller_is_better: bool = True
    details: dict[str, Any] = field(default_factory=dict)

    def ratio(self, other: float) -> float:
        """How many times better ours is than the other value."""
        better = other / self.ours if self.smaller_is_better else self.ours / other
        return round(better, 3)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "unit": self.unit,
            "ours": self.ours,
            "peer": asdict(self.peer),
            "limit": asdict(self.limit),
            "ratio_to_peer": self.ratio(self.peer.value),
            "ratio_to_limit": self.ratio(self.limit.value),
            "runs": self.runs,
            "spread": self.spread,
            "command": self.command,
            "details": self.details,
        }

    def save(self) -> Path:
        """Write bench/results/<name>.json."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.name}.json"
        path.write_text(json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n")
        return path

    def table(self) -> str:
        """The three values side by side."""
        rows = [
            ("ours", self.ours, ""),
            (f"{self.peer.name} {self.peer.version}", self.peer.value,
             f"x{self.ratio(self.peer.value)}"),
            (f"limit: {self.limit.name}", self.limit.value, f"x{self.ratio(self.limit.value)}"),
        ]  # fmt: skip
        width = max(len(row[0]) for row in rows)
        lines = [f"{self.name} ({self.unit}, {self.runs} runs, spread {self.spread:.0%})"]
        lines += [f"  {name:<{width}}  {value:>10.2f}  {ratio}" for name, value, ratio in rows]
        return "\n".join(lines)


def spread(values: list[float]) -> float:
    """(worst - best) / median; 0 for a single run."""
    return round((max(values) - min(values)) / median(values), 3)


def machine() -> str:
    """Processor, cores, system."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"
