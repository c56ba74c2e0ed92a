"""`minuta tariff publish` and `list`: the platform's plans as versions in the database.

A file that names its `version` is published under that number and no other, so that publishing it
again changes nothing; without one it becomes the next version, if it says anything new. Who did it
(`--by EMAIL`, a curator; the system if nobody is named) and why goes into the audit journal.
"""

import argparse
import asyncio
import json
import sys
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from ledger import LedgerError
from ledger.control import SYSTEM, Actor
from metering import (
    BadTariff,
    MeteringError,
    Published,
    current_plan,
    current_plans,
    next_version,
    publish_plan,
    read_draft,
    tariff_versions,
    utc_now,
)
from web.commands.json_file import BadDocument, read_json
from web.db import Database
from web.settings import Settings

BAD_INPUT = 2
REFUSED = 1


class Nobody(Exception):
    """No curator has that address."""


def publish(given: argparse.Namespace, settings: Settings) -> int:
    """0: published, now or before; 1: refused; 2: a message that names the field or the person."""
    try:
        document = read_json(given.file)
        made = asyncio.run(_publish(settings, document, given.by, given.why))
    except (BadTariff, BadDocument, Nobody) as error:
        print(f"minuta tariff: {error}", file=sys.stderr)
        return BAD_INPUT
    except (MeteringError, LedgerError) as error:
        print(f"minuta tariff: {error}", file=sys.stderr)
        return REFUSED
    print(_line(made))
    return 0


def show(given: argparse.Namespace, settings: Settings) -> int:
    """Every version of every plan, the newest first."""
    found = asyncio.run(_all(settings))
    if given.json:
        told = [_facts(one) | {"tariff": one.tariff.to_dict()} for one in found]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_line(one) for one in found))
    return 0


async def _publish(settings: Settings, document: Any, by: str, why: str) -> Published:
    draft = read_draft(document)
    database = Database(settings.database_url)
    try:
        async with database.transaction() as db:
            actor = await _curator(db, by) if by else SYSTEM
            if "version" not in document:
                draft = next_version(draft, await current_plan(db, draft.plan))
            return await publish_plan(db, draft, actor, why, utc_now())
    finally:
        await database.close()


async def _all(settings: Settings) -> list[Published]:
    database = Database(settings.database_url)
    try:
        async with database.reading() as db:
            plans = [one.plan for one in await current_plans(db)]
            return [one for plan in plans for one in await tariff_versions(db, plan)]
    finally:
        await database.close()


async def _curator(db: AsyncConnection, email: str) -> Actor:
    """Raises: Nobody."""
    found = await parties.by_email(db, email)
    if found is None or "curator" not in found.roles:
        raise Nobody(f"nobody here is {email}, curator")
    return Actor(found.id, "curator")


def _line(one: Published) -> str:
    return "\t".join(str(value) for value in _facts(one).values())


def _facts(one: Published) -> dict[str, object]:
    return {
        "plan": one.plan,
        "version": one.version,
        "published_at": one.published_at.isoformat(timespec="seconds"),
        "minute_minor": one.tariff.minute_minor,
        "currency": one.tariff.currency,
        "by": one.published_by or "system",
        "why": one.why,
    }
