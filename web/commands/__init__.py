"""What the `minuta` command can do: one table, and a file for each command of some size."""

import argparse
import asyncio
import sys
from collections.abc import Callable

from web.commands import audit, load, paper, prices, schema, seed, serve, shell
from web.commands import demo as demo_command
from web.settings import Settings

Command = Callable[[argparse.Namespace, Settings], int]

COMMANDS: dict[str, Command] = {
    "serve": serve.run,
    "migrate": schema.run,
    "seed": seed.run,
    "check": audit.run,
    "quote": prices.run,
    "verify": paper.run,
    "shell": shell.run,
    "demo": demo_command.run,
    "load": load.run,
}


def run(given: argparse.Namespace, settings: Settings) -> int:
    """The exit code of the command named by `given.command`."""
    try:
        return COMMANDS[given.command](given, settings)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print(file=sys.stderr)
        return 130
