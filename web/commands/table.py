"""The commands by name."""

import argparse
import asyncio
import sys
from collections.abc import Callable

from web.commands import (
    audit,
    bank,
    books,
    demo,
    inbox,
    load,
    paper,
    prices,
    reconcile,
    schema,
    seed,
    serve,
    shell,
)
from web.settings import Settings

Command = Callable[[argparse.Namespace, Settings], int]

COMMANDS: dict[str, Command] = {
    "serve": serve.run,
    "migrate": schema.run,
    "seed": seed.run,
    "check": audit.run,
    "books": books.run,
    "inbox": inbox.run,
    "refunds": inbox.run,
    "disputes": inbox.run,
    "reconcile": reconcile.run,
    "bank": bank.run,
    "quote": prices.run,
    "verify": paper.run,
    "shell": shell.run,
    "demo": demo.run,
    "load": load.run,
}


def run(given: argparse.Namespace, settings: Settings) -> int:
    """The exit code of the command named by `given.command`."""
    try:
        return COMMANDS[given.command](given, settings)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print(file=sys.stderr)
        return 130
