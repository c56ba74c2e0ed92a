"""Reading a statement somewhere safe: in a process of its own, limited in memory and in time."""

import asyncio
import contextlib
import json
import sys

from ledger.bank.errors import StatementRefused
from ledger.bank.formats import refuse_by_size
from ledger.bank.statements import Statement, from_json

WITHIN_S = 25
COMMAND = ("-I", "-m", "ledger.bank.child")


async def read_statement(
    data: bytes, within_s: int = WITHIN_S, command: tuple[str, ...] = COMMAND
) -> Statement:
    """What the file says. The parsers' faults and appetites end with their process.

    Raises: StatementRefused; too_slow and too_hungry when the process had to be ended.
    """
    refuse_by_size(data)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        async with asyncio.timeout(within_s):
            out, _ = await child.communicate(data)
    except TimeoutError:
        raise StatementRefused("too_slow", detail=f"{within_s} s") from None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return await asyncio.to_thread(_told, out, child.returncode or 0)


def _told(out: bytes, code: int) -> Statement:
    try:
        told = json.loads(out)
    except ValueError:
        reason = "too_slow" if code in (-24, -9) else "too_hungry"  # SIGXCPU, then SIGKILL
        raise StatementRefused(reason, detail=f"exit {code}") from None
    if "refused" in told:
        raise StatementRefused(*told["refused"])
    return from_json(told["statement"])
