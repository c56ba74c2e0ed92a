"""`minuta verify`: is this document ours, unchanged, and do its minutes and money add up."""

import argparse
import asyncio
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from metering import utc_now
from reports import Verdict, document_by_sha256, registered, verify_file, verify_json, verify_text
from web.commands import live_log
from web.db import Database, portable_url
from web.settings import Settings

AUTHENTIC, NOT_OURS = 0, 3
SAYS = {
    True: "in the register: this very file, or its edition in another language",
    False: "in the register: no such file",
    None: "in the register: not asked",
}


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
        known = None if given.offline else asyncio.run(_registered(settings, data, verdict))
        worst = max(worst, verdict.code)
        live = live_log.compared(data, trust, utc_now(), given.log) if given.log else None
        if live is not None:
            worst = max(worst, live_log.CODES[live.good])
        if given.json:
            found: dict[str, Any] = dict(verify_json(verdict))
            if live is not None:
                found["log"] = {"good": live.good, "where": live.where, "text": live.en}
            told.append({"file": file} | found | {"registered": known})
        else:
            print(f"{file}\n{verify_text(verdict, settings.locale)}\n{SAYS[known]}")
            if live is not None:
                print(f"{given.log}: {live.ru if settings.locale == 'ru' else live.en}")
    if given.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    return worst


async def _registered(settings: Settings, data: bytes, verdict: Verdict) -> bool | None:
    """Whether our own register has this file or what it is an edition of; None where there is
    no register to ask."""
    if not _there(settings.database_url):
        return None
    database = Database(settings.database_url)
    try:
        async with database.reading() as db:
            if verdict.code == AUTHENTIC:
                return await registered(db, data) is not None
            return await document_by_sha256(db, hashlib.sha256(data).hexdigest()) is not None
    except (SQLAlchemyError, OSError):
        return None
    finally:
        await database.close()


def _there(database_url: str) -> bool:
    """Whether there is something to open: a SQLite file that is not there would be made."""
    url = make_url(portable_url(database_url))
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def _trust(given: str | None, settings: Settings) -> bytes:
    """The roots to believe: those named, else of the configured or the development seal."""
    if given:
        return Path(given).read_bytes()
    path = (settings.seal_folder or settings.folder / "seal") / "root.pem"
    return path.read_bytes() if path.exists() else b""
