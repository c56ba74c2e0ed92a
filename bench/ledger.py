"""Splits a second: ours beside django-hordak and beside the limits, in turn, in one run.

One operation is one 10/90 split, a journal of three entries (two transfers): payer, the one
platform account, another customer. PostgreSQL is a private server with fsync on; SQLite has
synchronous = FULL. The limits (bench/_ledger_limits.py) keep the same promises with the least
tables; ours has everything that the product has. Every run ends with a check of the stored
books: chains, sums, limits, and that what was acknowledged is stored, once.

`submit`: 32 callers, each awaits its own split in the writer's group commit. `post_many`: batches
of 1000. `slow`: each commit takes 2 ms more (commit_delay), as on a disk that is not a toy.
"""

import statistics
from dataclasses import asdict
from typing import Any

import uvloop

from bench import _ledger_peer, _postgres
from bench._ledger_load import CUSTOMERS, Run
from bench._ledger_rounds import BATCH, CALLERS, MOST_CALLERS, ROUNDS, measure
from bench.result import Limit, Peer, Result, spread
from web import memory

COMMAND = "python -m bench ledger"
UNIT = "splits a second"
Runs = dict[str, list[Run]]

# Result → our side, the peer's, the limit's, and the limit in words.
SHOWN = {
    "ledger_submit": (
        f"ours submit c={MOST_CALLERS}",
        f"hordak c={MOST_CALLERS}",
        f"limit group commit c={MOST_CALLERS}",
        f"group commit and guard, {MOST_CALLERS} callers",
    ),
    "ledger_post_many": (
        f"ours post_many {BATCH}",
        f"hordak c={MOST_CALLERS}",
        f"limit bulk {BATCH}",
        f"lock, copy and guard, batches of {BATCH}",
    ),
    "ledger_slow_commit": (
        f"ours submit slow c={MOST_CALLERS}",
        f"hordak slow c={MOST_CALLERS}",
        f"limit group commit slow c={MOST_CALLERS}",
        f"group commit and guard, {MOST_CALLERS} callers, commits of 2 ms",
    ),
    "ledger_sqlite": (
        f"ours sqlite submit c={MOST_CALLERS}",
        f"hordak c={MOST_CALLERS}",
        f"limit sqlite group commit c={MOST_CALLERS}",
        f"SQLite group commit, {MOST_CALLERS} callers",
    ),
    "ledger_sqlite_post_many": (
        f"ours sqlite post_many {BATCH}",
        f"hordak c={MOST_CALLERS}",
        f"limit sqlite bulk {BATCH}",
        f"SQLite, batches of {BATCH}",
    ),
}


def middle(runs: list[Run]) -> dict[str, Any]:
    """The median of each figure."""
    figures = [asdict(run) for run in runs]
    return {
        name: round(statistics.median(f[name] for f in figures), 2)
        for name in figures[0]
        if figures[0][name] is not None
    }


def round_ratios(ours: list[Run], other: list[Run]) -> list[float]:
    """Ours over the other, round by round."""
    return [round(a.ops_s / b.ops_s, 3) for a, b in zip(ours, other, strict=True)]


def compose(name: str, runs: Runs, version: str) -> Result:
    ours, peer, limit, words = SHOWN[name]
    medians = {side: middle(runs[side]) for side in runs}
    return Result(
        name=name,
        unit=UNIT,
        ours=medians[ours]["ops_s"],
        peer=Peer("django-hordak, PostgreSQL", version, medians[peer]["ops_s"]),
        limit=Limit(words, medians[limit]["ops_s"]),
        runs=ROUNDS,
        spread=spread([run.ops_s for run in runs[ours]]),
        command=COMMAND,
        smaller_is_better=False,
        details={
            "postgresql": _postgres.version(),
            "customers": CUSTOMERS,
            "p99_ms": medians[ours]["p99_ms"],
            "ratios_to_limit_by_round": round_ratios(runs[ours], runs[limit]),
            "ratios_to_peer_by_round": round_ratios(runs[ours], runs[peer]),
            "sides": medians
            if name == "ledger_submit"
            else {side: medians[side] for side in (ours, peer, limit)},
        },
    )


def table(runs: Runs) -> str:
    """Medians of every side, as the prose wants them."""
    medians = {side: middle(of) for side, of in runs.items()}
    lines = [
        f"{'side':<36}{'ops/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'client us':>11}{'server us':>11}"
    ]
    for side, figures in medians.items():
        server = figures.get("server_us", "")
        lines.append(
            f"{side:<36}{figures['ops_s']:>10.0f}{figures['p50_ms']:>9.2f}{figures['p99_ms']:>9.2f}"
            f"{figures['client_us']:>11.1f}{server:>11}"
        )
    return "\n".join(lines)


def main() -> list[Result]:
    _ledger_peer.install()
    memory.settle()  # as `minuta serve` does; the limits run in this process, too
    runs = uvloop.run(measure())
    print(table(runs), flush=True)
    assert f"ours submit c={CALLERS[-1]}" in runs
    return [compose(name, runs, _ledger_peer.version()) for name in SHOWN]
