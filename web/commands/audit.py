"""`minuta check`: the audit in a terminal. Exit 0: clean; 1: the faults, one a line."""

import argparse
import asyncio
import json
from dataclasses import asdict

from web.audit import check_all
from web.settings import Settings


def run(given: argparse.Namespace, settings: Settings) -> int:
    faults = asyncio.run(check_all(settings.database_url))
    if given.json:
        told = {"clean": not faults, "faults": [asdict(fault) for fault in faults]}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            print(f"{fault.kind}\t{fault.where}\t{fault.text}")
        print(f"{len(faults)} faults" if faults else "clean")
    return 1 if faults else 0
