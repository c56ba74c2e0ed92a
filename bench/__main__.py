"""`python -m bench [name …]`: run the benchmarks, print them, write their results.

A benchmark is a module of this package with a function `main()` that gives a `Result` or a list
of them.
"""

import importlib
import pkgutil
import sys

import bench
from bench.result import Result

NOT_BENCHMARKS = {"__main__", "result"}


def names() -> list[str]:
    """Every benchmark here."""
    found = [module.name for module in pkgutil.iter_modules(bench.__path__)]
    return [n for n in found if n not in NOT_BENCHMARKS and not n.startswith("_")]


def run(name: str) -> None:
    """Run one; results are written even when a later one fails."""
    answer = importlib.import_module(f"bench.{name}").main()
    for result in [answer] if isinstance(answer, Result) else answer:
        print(result.table(), flush=True)
        print(f"  {result.save()}", flush=True)


def main(arguments: list[str]) -> int:
    unknown = set(arguments) - set(names())
    if unknown:
        print(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names())}")
        return 2
    for name in arguments or names():
        run(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
