"""The commands by name. Only the module of the one that runs is loaded."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from importlib import import_module
from typing import cast

from web.settings import Settings

Command = Callable[[argparse.Namespace, Settings], int]

MODULES = {
    "serve": "serve",
    "migrate": "schema",
    "grant": "grants",
    "seed": "seed",
    "check": "audit",
    "books": "books",
    "close": "close",
    "inbox": "inbox",
    "refunds": "inbox",
    "disputes": "inbox",
    "payouts": "payouts",
    "promo": "promo",
    "allowance": "allowance",
    "cap": "cap",
    "reconcile": "reconcile",
    "bank": "bank",
    "quote": "prices",
    "tariff": "tariff",
    "verify": "paper",
    "shell": "shell",
    "demo": "demo",
    "load": "load",
}


def command(name: str) -> Command:
    return cast("Command", import_module(f"web.commands.{MODULES[name]}").run)


def run(given: argparse.Namespace, settings: Settings) -> int:
    """The exit code of the command named by `given.command`."""
    try:
        return command(given.command)(given, settings)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print(file=sys.stderr)
        return 130
