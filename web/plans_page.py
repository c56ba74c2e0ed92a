"""Gathers the platform's plans: versions in force, history, and a draft of the next one."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from metering import BadTariff, Published, Tariff
from web.control_page import names_of
from web.rate_page import version_of
from web.shapes_tariffs import Change, PlanPage, PlansPage, PlanView
from web.tariff_tables import plan_tables

NUMBERED = ("version", "plan")  # said by the address and the form, not by the draft
DRAFT_CHARS_MAX = 60_000


class BadDraft(Exception):
    """A draft that is no JSON object."""


async def plans_of(db: AsyncConnection) -> tuple[PlanView, ...]:
    found = await metering.current_plans(db)
    names = await _names(db, found)
    return tuple(
        PlanView(one.plan, one.tariff.payer, version_of(one, names.get(one.published_by, "")))
        for one in found
    )


async def plans_page_of(db: AsyncConnection) -> PlansPage:
    return PlansPage(await plans_of(db))


async def plan_page_of(db: AsyncConnection, plan: str, at: datetime, curator: bool) -> PlanPage:
    """The plan in force and what it comes to. Raises: UnknownPlan."""
    current = await metering.current_plan(db, plan)
    history = await metering.tariff_versions(db, plan)
    names = await _names(db, history)
    views = tuple(version_of(one, names.get(one.published_by, "")) for one in history)
    return PlanPage(
        plan=plan,
        payer=current.tariff.payer,
        current=views[0],
        history=views,
        next_version=current.version + 1,
        draft=draft_text(current.tariff),
        tables=plan_tables(current.tariff, at),
        curator=curator,
    )


async def looked_at(db: AsyncConnection, page: PlanPage, at: datetime) -> PlanPage:
    """The page with what the typed draft would change and come to.

    Raises: BadDraft, BadTariff.
    """
    tariff = await metering.look_at_plan(db, document_of(page))
    return replace(
        page, looked=True, tables=plan_tables(tariff, at), changes=_changes(page, tariff)
    )


def document_of(page: PlanPage) -> dict[str, Any]:
    """The typed draft as the next version of its plan. Raises: BadDraft, BadTariff."""
    try:
        found = json.loads(page.draft[:DRAFT_CHARS_MAX], object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadDraft(str(error)) from error
    if not isinstance(found, dict):
        raise BadDraft("not an object")
    for name in NUMBERED:
        if name in found:
            raise BadTariff(f"tariff.{name}", "is not for the draft to say")
    return found | {"plan": page.plan, "version": page.next_version}


def draft_text(tariff: Tariff) -> str:
    """The tariff as a curator edits it."""
    shown = {name: value for name, value in tariff.to_dict().items() if name not in NUMBERED}
    return json.dumps(shown, ensure_ascii=False, indent=2)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no field stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadTariff(f"tariff.{twice}", "stands there twice")
    return found


def _changes(page: PlanPage, tariff: Tariff) -> tuple[Change, ...]:
    old, new = json.loads(page.current.tariff), json.loads(tariff.to_json())
    return tuple(
        Change(name, json.dumps(old[name]), json.dumps(new[name]))
        for name in new
        if name not in NUMBERED and old.get(name) != new[name]
    )


async def _names(db: AsyncConnection, found: Iterable[Published]) -> dict[str, str]:
    return await names_of(db, {one.published_by for one in found})
