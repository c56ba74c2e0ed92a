"""`python -m bench [name …]`: run the benchmarks, print them, write their results.

A benchmark is a module of this package with a function `main()` that gives a `Result` or a list
of them, or the budgets of `web`. Ends with 0, with 1 when one could not be measured, with 2 when a
name is unknown.
"""

import importlib
import pkgutil
import sys

import bench
from bench.result import Unmeasured

NOT_BENCHMARKS = {"__main__", "result"}


def names() -> list[str]:
    """Every benchmark here."""
    found = [module.name for module in pkgutil.iter_modules(bench.__path__)]
    return [n for n in found if n not in NOT_BENCHMARKS and not n.startswith("_")]


def run(name: str) -> None:
    """Run one, print it and write its results. Raises: Unmeasured."""
    answer = importlib.import_module(f"bench.{name}").main()
    for result in answer if isinstance(answer, list) else [answer]:
        print(result.table(), flush=True)
        print(f"  {result.save()}", flush=True)


def main(arguments: list[str]) -> int:
    unknown = set(arguments) - set(names())
    if unknown:
        there = ", ".join(names())
        print(f"no benchmark {', '.join(sorted(unknown))}; there are: {there}", file=sys.stderr)
        return 2
    failed = 0
    for name in arguments or names():
        try:
            run(name)
        except Unmeasured as why:
            print(f"{name}: {why}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
