"""`minuta verify`: is this document ours, unchanged, and do its minutes and money add up."""

import argparse
import json
import sys
from pathlib import Path

from metering import utc_now
from reports import verify_file, verify_json, verify_text
from web.settings import Settings

NOT_OURS = 3


def run(given: argparse.Namespace, settings: Settings) -> int:
    """The worst code of the files: 0 authentic, 1 changed, 2 unknown issuer, 3 not Minuta's."""
    trust = _trust(given.trust, settings)
    worst, told = 0, []
    for file in given.files:
        try:
            data = Path(file).read_bytes()
        except OSError as error:
            print(f"minuta verify: {file}: {error.strerror}", file=sys.stderr)
            worst = max(worst, NOT_OURS)
            continue
        verdict = verify_file(data, trust, utc_now())
        worst = max(worst, verdict.code)
        if given.json:
            told.append({"file": file} | dict(verify_json(verdict)))
        else:
            print(f"{file}\n{verify_text(verdict, settings.locale)}")
    if given.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    return worst


def _trust(given: str | None, settings: Settings) -> bytes:
    """The roots to believe: those named, else of the configured or the development seal."""
    if given:
        return Path(given).read_bytes()
    path = (settings.seal_folder or settings.folder / "seal") / "root.pem"
    return path.read_bytes() if path.exists() else b""
