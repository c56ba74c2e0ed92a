"""`make bench T=web`: the budgets of the pages, each line beside its limit.

Files as they were built; pages of a server on which everything has happened, in Chromium as a slow
phone (1.6 Mbit/s, 150 ms, CPU four times slower, nothing kept from before) and over the loopback;
a room with media. A page's line is its worst page. A budget is no race, so there is no peer: what
a line is compared with is its limit (ADR 40).
"""

import asyncio
import json
import statistics
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench._web_pages import RUNS, Worst, page_lines
from bench._web_room import room_lines
from bench.result import RESULTS, machine
from tests.relay.browsers import SYNTHETIC, chromiums
from tests.web.browsers import server
from tests.web.test_browser_files import ASSETS, scripts, weight
from tests.web.town import a_town

KB = 1000
COMMAND = "make bench T=web"


@dataclass(frozen=True, slots=True)
class Budget:
    """One line: at most `limit`. where: the page that had the value."""

    what: str
    value: float
    limit: float
    unit: str
    where: str = ""

    @property
    def ratio(self) -> float:
        """How often the value fits into its limit; 1 and more is within."""
        return round(self.limit / max(self.value, 1e-9), 2)


@dataclass(frozen=True, slots=True)
class Budgets:
    """All lines of a run."""

    lines: list[Budget] = field(default_factory=list)

    def table(self) -> str:
        """Line by line: value, limit, how often it fits."""
        wide = max(len(line.what) for line in self.lines)
        told = [f"web, budgets ({RUNS} runs, medians, worst page)"]
        for one in self.lines:
            state = "" if one.value <= one.limit else "  OVER"
            told.append(
                f"  {one.what:<{wide}}  {one.value:>8.2f} of {one.limit:>6.2f} {one.unit:<8}"
                f" x{one.ratio:<7} {one.where}{state}"
            )
        return "\n".join(told)

    def save(self) -> Path:
        """Write bench/results/web.json."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / "web.json"
        value = {
            "name": "web",
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "runs": RUNS,
            "command": COMMAND,
            "lines": [asdict(one) | {"ratio": one.ratio} for one in self.lines],
        }
        path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
        return path


def main() -> Budgets:
    """Measure all of it."""
    return asyncio.run(_measured())


async def _measured() -> Budgets:
    found = Budgets(_files())
    with tempfile.TemporaryDirectory() as folder:
        async with a_town(Path(folder)) as town, chromiums(1, SYNTHETIC) as [browser]:
            found.lines.extend(_worst(one) for one in await page_lines(browser, town))
        async with server(Path(folder)) as running, chromiums(1, SYNTHETIC) as [browser]:
            found.lines.extend(_worst(one) for one in await room_lines(browser, running))
    return found


def _files() -> list[Budget]:
    """What the build made, packed as it is sent."""
    sheets = {*ASSETS.styles("src/site.ts"), *ASSETS.styles("src/room.ts")}
    fonts = {entry["file"] for entry in ASSETS.manifest.values() if ".woff2" in entry["file"]}
    sizes = (
        ("CSS, site and room, br", weight({one.removeprefix("/static/") for one in sheets}), 8),
        ("JS of an ordinary page, br", weight(scripts("src/site.ts")), 16),
        ("JS before the room, br", weight(scripts("src/prejoin.ts")), 12),
        ("JS of the room, br", weight(scripts("src/room.ts")), 30),
        ("fonts", weight(fonts, ""), 80),
        ("icons, gz", weight({ASSETS.manifest["icons.svg"]["file"]}, ".gz"), 3),
    )
    return [Budget(what, size / KB, limit, "kB") for what, size, limit in sizes]


def _worst(one: Worst) -> Budget:
    """The page whose median is the largest."""
    medians = {where: statistics.median(values) for where, values in one.seen.items()}
    where = max(medians, key=lambda name: medians[name])
    return Budget(one.what, round(medians[where], 3), one.limit, one.unit, where)
