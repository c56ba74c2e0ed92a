"""`minuta quote`: price usage by a tariff; the published metering rules, without a database."""

import argparse
import json
import sys
from pathlib import Path

from metering import BadQuote, quote
from web.settings import Settings

BAD_INPUT = 2


def run(given: argparse.Namespace, _settings: Settings) -> int:
    try:
        text = sys.stdin.read() if given.file == "-" else Path(given.file).read_text("utf-8")
        asked = json.loads(text)
        many = isinstance(asked, list)
        answers = [_priced(one) for one in (asked if many else [asked])]
    except BadQuote as error:
        print(f"minuta quote: {error}", file=sys.stderr)
        return BAD_INPUT
    except (OSError, ValueError) as error:
        print(f"minuta quote: {given.file}: {error}", file=sys.stderr)
        return BAD_INPUT
    print(json.dumps(answers if many else answers[0], ensure_ascii=False, indent=2))
    return 0


def _priced(one: object) -> dict[str, object]:
    if not isinstance(one, dict):
        raise BadQuote("", "an object with a tariff and usage is wanted")
    return quote(one)
