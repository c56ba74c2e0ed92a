"""Gathers the platform's plans: versions in force, history, and a draft of the next one."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from metering import BadTariff, Published, Tariff
from web import plan_form
from web.control_page import names_of
from web.rate_page import version_of
from web.shapes_tariffs import Change, PlanPage, PlansPage, PlanView
from web.tariff_tables import plan_tables

NUMBERED = ("version", "plan")  # said by the address and the form, not by the draft
DRAFT_CHARS_MAX = 60_000
OTHERS = ("csrf", "draft", "version", "why", "do")  # fields of the form that are not the draft's
GROUP = re.compile(r"segments|windows|windows\[\d{1,3}\]\.segments")
ROWS_MAX = 24  # of a group; a longer one is written as JSON

Say = Callable[..., str]


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
        draft=draft_text(plan_form.full(current.tariff)),
        form=plan_form.form_of(current.tariff),
        tables=plan_tables(current.tariff, at),
        curator=curator,
    )


def typed(page: PlanPage, given: Mapping[str, str], version: int) -> PlanPage:
    """The page with the form as it was sent: JSON in one field, or fields."""
    values = {name: text for name, text in given.items() if name not in OTHERS}
    form = None if "draft" in given else plan_form.typed_form(values)
    draft, why = given.get("draft", ""), given.get("why", "")
    return replace(page, draft=draft, form=form, why=why, next_version=version)


def edited(page: PlanPage, do: str, _: Say) -> PlanPage:
    """The draft after a button of the form: a row more or less, or the other way to write it.

    Raises: BadDraft, BadTariff, BadFields where one way cannot be read into the other.
    """
    if page.form is None:
        return replace(page, form=plan_form.form_of(metering.read_draft(document_of(page, _))))
    if do == "json":
        document = document_of(page, _)
        return replace(page, form=None, draft=draft_text(document))
    values, new, row = page.form.values, "", re.fullmatch(r"drop:(.+)\[(\d{1,3})\]", do)
    if do == "by_the_clock" and not page.form.windows:
        values, new = plan_form.by_the_clock(values), "windows[0].from"
    elif do == "all_day" and page.form.windows:
        values = plan_form.all_day(values)
    elif row and GROUP.fullmatch(row[1]) and plan_form.rows_of(values, row[1]) > 1:
        values = plan_form.without_row(values, row[1], int(row[2]))
    elif GROUP.fullmatch(do.removeprefix("add:")):
        group = do.removeprefix("add:")
        if plan_form.rows_of(values, group) < ROWS_MAX:
            values, new = plan_form.with_row(values, group)
    return replace(page, form=plan_form.typed_form(values, new))


async def looked_at(db: AsyncConnection, page: PlanPage, at: datetime, _: Say) -> PlanPage:
    """The page with what the typed draft would change and come to.

    Raises: BadDraft, BadTariff, BadFields.
    """
    tariff = await metering.look_at_plan(db, document_of(page, _))
    return replace(
        page, looked=True, tables=plan_tables(tariff, at), changes=_changes(page, tariff)
    )


def document_of(page: PlanPage, _: Say) -> dict[str, Any]:
    """The typed draft as the next version of its plan. Raises: BadDraft, BadTariff, BadFields."""
    numbered = {"plan": page.plan, "version": page.next_version}
    if page.form is not None:
        current = Tariff.from_json(page.current.tariff)
        return plan_form.document_of(page.form.values, current, _) | numbered
    try:
        found = json.loads(page.draft[:DRAFT_CHARS_MAX], object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadDraft(str(error)) from error
    if not isinstance(found, dict):
        raise BadDraft("not an object")
    for name in NUMBERED:
        if name in found:
            raise BadTariff(f"tariff.{name}", "is not for the draft to say")
    return found | numbered


def draft_text(document: Mapping[str, Any]) -> str:
    """A tariff as a curator edits it in JSON."""
    shown = {name: value for name, value in document.items() if name not in NUMBERED}
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
    old, new = plan_form.full(Tariff.from_json(page.current.tariff)), plan_form.full(tariff)
    return tuple(
        Change(name, json.dumps(old.get(name)), json.dumps(new.get(name)))
        for name in sorted({*old, *new})
        if name not in NUMBERED and old.get(name) != new.get(name)
    )


async def _names(db: AsyncConnection, found: Iterable[Published]) -> dict[str, str]:
    return await names_of(db, {one.published_by for one in found})
