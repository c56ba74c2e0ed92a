"""The page of prepared files: the form as it was typed, and how far each file is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from broker.parties import Party
from web import export_rows
from web.acting import reads_all
from web.errors import BadInput
from web.export_rows import Export
from web.listing import chosen, typed
from web.shapes_exchange import Exports, ExportView
from web.spans import day_of, named_span, span_of

KINDS = ("protocol", "act", "period-act", "statement", "reconciliation", "agent-report")


def registers_of(party: Party) -> tuple[str, ...]:
    """Whom money went to is told to the office only."""
    return ("documents", "sessions") if reads_all(party) else ("documents",)


async def page_of(
    db: AsyncConnection, party: Party, given: Mapping[str, str], at: datetime
) -> Exports:
    """The form with what the address says, and the party's files."""
    listed = await export_rows.listed(db, party.id, at)
    files = tuple(_view(one) for one in listed if not one.archive)
    registers, forms = registers_of(party), tuple(reports.FORMS)
    named = named_span(given.get("period", ""))
    days = (str(named.since), str(named.until)) if named else ("", "")
    register, form, kind = (given.get(name, "") for name in ("register", "form", "kind"))
    return Exports(
        registers=registers,
        forms=forms,
        register=register if register in registers else registers[0],
        form=form if form in forms else forms[0],
        since=days[0] or given.get("since", "")[:20],
        until=days[1] or given.get("until", "")[:20],
        kind=kind if kind in KINDS else "",
        who=given.get("who", "").strip()[:80],
        busy=any(one.state in ("waiting", "making") for one in files),
        files=files,
    )


def wanted_papers(party: Party, given: Mapping[str, str], numbers: Sequence[str]) -> reports.Wanted:
    """A ZIP of documents: of these numbers, or of all that the filter of the list finds.

    Raises: BadInput for days the wrong way round."""
    own = None if reads_all(party) else party.id
    if numbers:
        return reports.Wanted("documents", reports.ZIP, party=own, numbers=tuple(numbers))
    _, span = span_of(given)
    since, until = span.since, span.until
    if since and until and since > until:
        raise BadInput("until")
    who = "" if own else typed(given, "party")
    kind = chosen(given.get("kind"), KINDS)
    return reports.Wanted("documents", reports.ZIP, since, until, kind, own, who)


def wanted_of(
    page: Exports, party: Party, _: Callable[..., str]
) -> tuple[reports.Wanted | None, dict[str, str]]:
    """What is to be made; None and the faults of the form when it cannot be."""
    errors = {}
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        said: str = getattr(page, name)
        days[name] = day_of(said)
        if said and days[name] is None:
            errors[name] = _("Write a day, for example 2026-10-01")
    since, until = days["since"], days["until"]
    if since and until and since > until:
        errors["until"] = _("The period ends before it begins")
    if page.register == "sessions" and (page.form == "zip" or page.form.startswith("1c-")):
        errors["form"] = _("Sessions have no files of their own: choose a table")
    if errors:
        return None, errors
    own = None if reads_all(party) else party.id
    kind = page.kind if page.register == "documents" else ""
    return reports.Wanted(page.register, page.form, since, until, kind, own, page.who), {}


def _view(one: Export) -> ExportView:
    return ExportView(
        id=one.id,
        register=one.wanted.register,
        form=one.wanted.form,
        picked=len(one.wanted.numbers),
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
