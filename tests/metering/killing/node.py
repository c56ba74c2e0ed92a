"""Nodes that meter until they are killed: `node URL… BASE FOLDER`, one URL a node.

This process only forks: a line `n` on its input brings node n to life, whose process id it
answers. A node plays the relay, too: each second it has seen both ends of every session that it is
host to. It writes down what it will say it saw before it says it, and what it was told was
charged.

Time runs SPEED times faster than the clock on the wall, the database's and the monotonic one, too:
leases of ten seconds are over within two thirds of one. The product is told the time, so nothing
of it is another than in production.
"""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind
from metering import Event, LeaseLost, MeteringLoop, MinuteCharged
from metering.clock import microseconds, moment, utc_now
from metering.store_shards import database_us
from web.db import Database

SPEED = 16
T0 = 1_800_000_000
SECOND_US = 1_000_000
SHARDS_MAX = 170  # of 256: both have some, and either takes more when the other is gone
SESSIONS = tuple(f"S-{number:02}" for number in range(16))
WALLETS = tuple(Account(AccountKind.PREPAID, f"party-{number}") for number in range(6))


def wallet_of(session: str) -> Account:
    return WALLETS[SESSIONS.index(session) % len(WALLETS)]


def hosted_by(node: int) -> Sequence[str]:
    """The sessions whose relay is at this node, whoever meters them."""
    return SESSIONS[node::2]


class Fast:
    """The clock of a test that began at unix microsecond `base_us` of the real one."""

    def __init__(self, base_us: int) -> None:
        self.base_us = base_us

    def of(self, real_us: int) -> int:
        return T0 * SECOND_US + (real_us - self.base_us) * SPEED

    def now(self) -> datetime:
        return moment(self.of(microseconds(utc_now())))

    @property
    def second(self) -> int:
        return self.of(microseconds(utc_now())) // SECOND_US

    async def database_us(self, db: AsyncConnection) -> int:
        return self.of(await database_us(db))

    @staticmethod
    def monotonic_ns() -> int:
        return time.monotonic_ns() * SPEED


class Diary:
    """Lines that outlive their process: the kernel has them when `write` returns."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def write(self, text: str) -> None:
        os.write(self._file, text.encode())

    def charged(self, events: Sequence[Event]) -> None:
        told = [e for e in events if isinstance(e, MinuteCharged)]
        if told:
            self.write("".join(f"charged {e.session} {e.n} {e.amount.minor}\n" for e in told))


async def record(db: AsyncConnection, events: list[Event]) -> None:
    """The room of sessions is not at stake here."""


async def relay(loop: MeteringLoop, clock: Fast, diary: Diary, sessions: Sequence[str]) -> None:
    """Whatever second has gone by while this process was awake was seen."""
    seen = clock.second
    while True:
        await asyncio.sleep(0.2 / SPEED)
        if clock.second > seen + 2:  # asleep for a while, and so was the relay
            seen = clock.second - 1
        while seen + 1 < clock.second:
            seen += 1
            diary.write(f"saw {seen}\n")
            for session in sessions:
                loop.witness(session, seen)


async def meter(node: int, url: str, base_us: int, folder: Path) -> None:
    """As `MeteringLoop.run`, but without its second of patience after a failure. It does not
    outlive the process that it was forked from."""
    mother = os.getppid()
    clock, diary = Fast(base_us), Diary(folder / f"{node}-{os.getpid()}")
    loop = MeteringLoop(
        Database(url).transaction,
        clock.now,
        record,
        diary.charged,
        owner=f"node {node}",
        shards_max=SHARDS_MAX,
        now_us=clock.database_us,
        monotonic_ns=clock.monotonic_ns,
    )
    seeing = asyncio.create_task(relay(loop, clock, diary, hosted_by(node)))
    while not seeing.done() and os.getppid() == mother:
        try:
            await loop.turn()
        except LeaseLost:
            diary.write(f"lost {clock.second}\n")
        except Exception as error:  # the database is away, or a line was cut
            diary.write(f"failed {clock.second} {type(error).__name__}\n")
        await asyncio.sleep(0.3 / SPEED)
    if seeing.done():
        seeing.result()  # why it saw no more


def main(urls: Sequence[str], base_us: int, folder: Path) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they died
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        node = int(line)
        child = os.fork()
        if not child:
            with suppress(KeyboardInterrupt):
                asyncio.run(meter(node, urls[node], base_us, folder))
            os._exit(1)
        print(child, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:-2], int(sys.argv[-2]), Path(sys.argv[-1]))
