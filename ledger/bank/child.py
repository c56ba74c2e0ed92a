"""The process that reads one statement: bytes in on stdin, JSON out on stdout, then its end.

It limits itself before the first byte comes: memory, processor time, no files written, no children.
Run by reader.py as `python -I -m ledger.bank.child`.
"""

import json
import resource
import sys

MEMORY_BYTES = 768 * 1024 * 1024
CPU_S = 20


def main() -> int:
    """Exit 0 with {"statement"} or {"refused": [code, where, detail]}; else the limits struck."""
    from ledger.bank import camt, mt, one_c  # noqa: F401  libraries are loaded before the limits
    from ledger.bank.errors import StatementRefused
    from ledger.bank.formats import read
    from ledger.bank.statements import to_json

    _limit()
    try:
        told: dict[str, object] = {"statement": to_json(read(sys.stdin.buffer.read()))}
    except StatementRefused as refused:
        told = {"refused": [refused.code, refused.where, refused.detail]}
    except MemoryError:
        told = {"refused": ["too_hungry", "", ""]}
    except RecursionError:
        told = {"refused": ["malformed", "", "depth"]}
    json.dump(told, sys.stdout, default=str)
    sys.stdout.flush()
    return 0


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))


if __name__ == "__main__":
    sys.exit(main())
