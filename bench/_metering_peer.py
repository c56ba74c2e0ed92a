"""FreeSWITCH's mod_nibblebill as a peer: the two statements that it sends each minute, by pgbench.

One caller, for FreeSWITCH holds one mutex over both. It keeps money as floating numbers, writes no
record of what was billed, and bills a minute again when it is asked again.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench import _postgres
from bench.result import Unmeasured

ACCOUNTS = 50_000
_SCRIPT = f"""
\\set id random(1, {ACCOUNTS})
UPDATE accounts SET cash = cash - 20.0 WHERE id = :id;
SELECT cash AS nibble_balance FROM accounts WHERE id = :id;
"""


@dataclass(frozen=True)
class Nibble:
    """Minutes a second; CPU of the server, microseconds a minute."""

    ticks_s: float
    server_us: float


async def measure(url: str, seconds: int, server_cpu_s: Callable[[], float]) -> Nibble:
    """Raises: Unmeasured."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "CREATE TABLE accounts (id int PRIMARY KEY, cash double precision NOT NULL);"
            f"INSERT INTO accounts SELECT n, 1e9 FROM generate_series(1, {ACCOUNTS}) n"
        )
        await connection.execute("VACUUM ANALYZE accounts")
    finally:
        await connection.close()
    before_s = server_cpu_s()
    said = _pgbench(url, seconds)
    used_s = server_cpu_s() - before_s
    found = re.search(r"transactions actually processed: (\d+)", said)
    rate = re.search(r"tps = ([\d.]+)", said)
    if not found or not rate:
        raise Unmeasured(f"pgbench: {said[-500:]}")
    return Nibble(round(float(rate[1])), round(used_s / int(found[1]) * 1e6, 1))


def _pgbench(url: str, seconds: int) -> str:
    """Everything that it said."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "nibble.sql"
        script.write_text(_SCRIPT)
        command = (_postgres.program("pgbench"), "-n", "-M", "prepared", "-c", "1")
        said = subprocess.run(
            [*command, "-T", str(seconds), "-f", str(script), url],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
    return said.stdout + said.stderr
