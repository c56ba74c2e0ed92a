"""The page of prepared files: the form as it was typed, and how far each file is."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from broker.parties import Party
from web import export_rows
from web.acting import reads_all
from web.export_rows import Export
from web.shapes_exchange import Exports, ExportView

KINDS = ("protocol", "act", "period-act", "statement", "reconciliation", "agent-report")
YEARS = (2000, 2999)


def registers_of(party: Party) -> tuple[str, ...]:
    """Whom money went to is told to the office only."""
    return ("documents", "sessions") if reads_all(party) else ("documents",)


async def page_of(
    db: AsyncConnection, party: Party, given: Mapping[str, str], at: datetime
) -> Exports:
    """The form with what the address says, and the party's files."""
    files = tuple(map(_view, await export_rows.listed(db, party.id, at)))
    registers, forms = registers_of(party), tuple(reports.FORMS)
    register, form, kind = (given.get(name, "") for name in ("register", "form", "kind"))
    return Exports(
        registers=registers,
        forms=forms,
        register=register if register in registers else registers[0],
        form=form if form in forms else forms[0],
        since=given.get("since", "")[:20],
        until=given.get("until", "")[:20],
        kind=kind if kind in KINDS else "",
        who=given.get("who", "").strip()[:80],
        busy=any(one.state in ("waiting", "making") for one in files),
        files=files,
    )


def wanted_of(
    page: Exports, party: Party, _: Callable[..., str]
) -> tuple[reports.Wanted | None, dict[str, str]]:
    """What is to be made; None and the faults of the form when it cannot be."""
    errors = {}
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        typed: str = getattr(page, name)
        days[name] = _day(typed)
        if typed and days[name] is None:
            errors[name] = _("Write a day, for example 2026-10-01")
    since, until = days["since"], days["until"]
    if since and until and since > until:
        errors["until"] = _("The period ends before it begins")
    if page.register == "sessions" and page.form == "zip":
        errors["form"] = _("Sessions have no files of their own: choose a table")
    if errors:
        return None, errors
    own = None if reads_all(party) else party.id
    kind = page.kind if page.register == "documents" else ""
    return reports.Wanted(page.register, page.form, since, until, kind, own, page.who), {}


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if YEARS[0] <= found.year <= YEARS[1] else None


def _view(one: Export) -> ExportView:
    return ExportView(
        id=one.id,
        register=one.wanted.register,
        form=one.wanted.form,
        since=one.wanted.since,
        until=one.wanted.until,
        state=one.state,
        done=one.done,
        total=one.total,
        rows=one.rows,
        size=one.size,
        sha256=one.sha256,
        asked_at=one.asked_at,
        expires_at=one.expires_at,
        path=f"/exports/{one.id}" if one.state == "ready" else "",
    )
