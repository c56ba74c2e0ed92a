"""`minuta tariff`: refuse a tariff by field or show what an hour of it comes to; its versions."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime

from babel.numbers import get_currency_precision

from metering import BadTariff, Line, Tariff, dry_run, first_moments, read_draft, utc_now
from web.commands import tariff_versions
from web.commands.json_file import BadDocument, read_json
from web.settings import Settings

BAD_INPUT = 2
HEAD = ("connected, s", "paid, s", "free, s", "cost", "consultant", "platform", "because")

Table = tuple[str, datetime | None, tuple[Line, ...]]


def run(given: argparse.Namespace, settings: Settings) -> int:
    deeds = {"publish": tariff_versions.publish, "list": tariff_versions.show}
    return deeds[given.verb](given, settings) if given.verb in deeds else check(given)


def check(given: argparse.Namespace) -> int:
    """0: it can be sold, and the dry run is printed; 2: a message that names the field."""
    try:
        tariff = read_draft(read_json(given.file))
    except (BadTariff, BadDocument) as error:
        print(f"minuta tariff: {error}", file=sys.stderr)
        return BAD_INPUT
    tables = _tables(tariff, utc_now())
    print(_json(tables) if given.json else "\n\n".join(_text(tariff, *one) for one in tables))
    return 0


def _tables(tariff: Tariff, at: datetime) -> list[Table]:
    """One table for a plain tariff; else one for each window, from its next beginning on."""
    title = f"{tariff.plan} {tariff.version}, {tariff.currency}, {tariff.payer} pays"
    if not tariff.windows:
        return [(title, None, dry_run(tariff))]
    return [
        (f"{title}, windows[{i}]", start, dry_run(tariff, start) if start else ())
        for i, start in enumerate(first_moments(tariff, at))
    ]


def _json(tables: list[Table]) -> str:
    return json.dumps(
        [
            {
                "title": title,
                "start_utc": start.isoformat() if start else None,
                "lines": [asdict(line) for line in lines],
            }
            for title, start, lines in tables
        ],
        ensure_ascii=False,
        indent=2,
    )


def _text(tariff: Tariff, title: str, start: datetime | None, lines: tuple[Line, ...]) -> str:
    if not lines:
        return f"{title}: never gives the price, others weigh more"
    rows = [HEAD] + [_cells(tariff.currency, line) for line in lines]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD) - 1)]
    body = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=False))
        + f"  {row[-1]}".rstrip()
        for row in rows
    ]
    return "\n".join([title + (f", from {start.isoformat()}" if start else ""), *body])


def _cells(currency: str, line: Line) -> tuple[str, ...]:
    sums = (_sum(currency, n) for n in (line.charge, line.provider, line.platform))
    return (str(line.connected_s), str(line.paid_s), str(line.free_s), *sums, line.cause)


def _sum(currency: str, minor: int) -> str:
    places = get_currency_precision(currency)
    whole, part = divmod(minor, 10**places)
    return f"{whole}.{part:0{places}d}" if places else str(whole)
