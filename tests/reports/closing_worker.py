"""`minuta close`, again and again: loads the product once and forks.

A line of arguments on its input begins a run, whose process id it answers; a second line, the
run's exit, comes when it has ended (below zero: the signal that ended it).
"""

import os
import sys

from web.__main__ import main
from web.commands.table import command

command("close")  # loaded before there are children


def _begin(arguments: list[str], out: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    sys.stdout = open(out, "w")  # noqa: SIM115 - the process ends with it
    code = main(["close", *arguments])
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    for line in sys.stdin:
        verb, *rest = line.split()
        if verb == "begin":
            print(_begin(rest[1:], rest[0]), flush=True)
        else:
            print(os.waitstatus_to_exitcode(os.waitpid(int(rest[0]), 0)[1]), flush=True)
