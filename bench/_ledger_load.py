"""The load of `bench.ledger`, the same for all: splits, and a closed loop of so many callers.

One operation is one 10/90 split: of 1000 minor units a tenth goes to the one platform account, the
rest to another of the 1000 customers. Every 200th comes again under the same key.
"""

import asyncio
import random
import resource
import statistics
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

CUSTOMERS = 1000
AMOUNT, FEE = 1000, 100
OPENING = 10**12
RETRIED_SHARE = 0.005
SECONDS = 2.0
WARM_S = 0.3  # of ours and of the limits, before they are measured
LATENCIES_MAX = 200_000


class Op(NamedTuple):
    """One split; `key` is unique for ever."""

    key: str
    payer: int
    payee: int


class Load:
    """An endless stream of operations, the same for the same seed but for the keys' prefix."""

    def __init__(self, prefix: str, retried: float = RETRIED_SHARE) -> None:
        self.dice = random.Random(1)
        self.prefix, self.retried, self.count = prefix, retried, 0
        self.recent: deque[Op] = deque(maxlen=512)

    def one(self) -> Op:
        dice = self.dice
        if self.recent and dice.random() < self.retried:
            return dice.choice(self.recent)
        self.count += 1
        payer = dice.randrange(CUSTOMERS)
        op = Op(f"{self.prefix}:{self.count}", payer, (payer + 1) % CUSTOMERS)
        self.recent.append(op)
        return op

    def many(self, count: int) -> list[Op]:
        return [self.one() for _ in range(count)]


@dataclass(slots=True)
class Run:
    """One side, one load, one round. `server_us` is None where there is no server."""

    ops_s: float
    p50_ms: float
    p99_ms: float
    client_us: float
    server_us: float | None = None


@dataclass(slots=True)
class Sample:
    """What the callers have seen so far."""

    ops: int = 0
    waits: list[float] = field(default_factory=list)


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def closed_loop(
    calls: list[Callable[[], Awaitable[int]]],
    server_cpu_s: Callable[[], float] | None = None,
    seconds: float = SECONDS,
) -> Run:
    """Each of `calls` asks again as soon as it is answered; it answers the operations done.

    A side that has just got its database makes plans and touches pages first: six such batches
    would be a hundredth of all. So ours and the limits ask for WARM_S before they are looked at.
    """
    await _ask(calls, WARM_S, Sample())
    sample = Sample()
    before = server_cpu_s() if server_cpu_s else 0.0
    began, used = time.perf_counter(), cpu_s()
    await _ask(calls, seconds, sample)
    lasted, client = time.perf_counter() - began, cpu_s() - used
    server = server_cpu_s() - before if server_cpu_s else None
    waits = statistics.quantiles(sample.waits, n=100) if len(sample.waits) > 1 else [0.0] * 99
    return Run(
        ops_s=round(sample.ops / lasted, 1),
        p50_ms=round(1e3 * waits[49], 2),
        p99_ms=round(1e3 * waits[98], 2),
        client_us=round(1e6 * client / sample.ops, 1),
        server_us=round(1e6 * server / sample.ops, 1) if server is not None else None,
    )


async def _ask(calls: list[Callable[[], Awaitable[int]]], seconds: float, sample: Sample) -> None:
    end = time.perf_counter() + seconds

    async def caller(call: Callable[[], Awaitable[int]]) -> None:
        while (asked := time.perf_counter()) < end:
            done = await call()
            sample.ops += done
            if len(sample.waits) < LATENCIES_MAX:
                sample.waits.append(time.perf_counter() - asked)

    await asyncio.gather(*(caller(call) for call in calls))
