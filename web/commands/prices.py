"""`minuta quote`: price usage by a tariff; the published metering rules, without a database."""

import argparse
import json
import sys
from typing import Any, cast

from metering import BadQuote, quote
from web.commands.json_file import BadDocument, read_json
from web.settings import Settings

BAD_INPUT = 2


def run(given: argparse.Namespace, _settings: Settings) -> int:
    try:
        answer = quote(cast("list[Any] | dict[str, Any]", read_json(given.file)))
    except (BadQuote, BadDocument) as error:
        print(f"minuta quote: {error}", file=sys.stderr)
        return BAD_INPUT
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0
