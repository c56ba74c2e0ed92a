"""Gathers the page of papers for a period, and reads what it sends."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from broker.parties import Party
from ledger import (
    compact,
    fault_in_inn,
    fault_in_kpp,
    fault_in_ogrn,
    fault_in_vat_id,
)
from web import period_sums
from web.acting import reads_all
from web.errors import NotFound
from web.faces import texts
from web.keys import CLOCK, LOCALE, SEALER
from web.papers import paper_for
from web.shapes_periods import Choice, PeriodPage

ACTS = ("client", "consultant")
#: What is chosen on the page → which kind of paper that is.
KIND_OF = {
    **dict.fromkeys(ACTS, reports.PERIOD_ACT),
    **dict.fromkeys(("wallet", "earnings"), reports.STATEMENT),
    "partner": reports.RECONCILIATION,
    "principal": reports.AGENT_REPORT,
}
MAKERS = ("accountant", "consultant", "client")  # a curator only looks
CHOICES_MAX = 500
NAME_CHARS_MAX, ADDRESS_CHARS_MAX = 160, 300
DAYS_MAX = 366


async def previewed(
    db: AsyncConnection, request: web.Request, party: Party, given: Mapping[str, str]
) -> PeriodPage:
    """The page with what a paper for these days would say; nothing is issued."""
    page, scope = await _asked(db, request, party, given)
    page = replace(page, issued=await _told(db, party, given.get("issued", "")))
    return await _with_preview(db, request, page, scope) if scope else page


async def checked(
    db: AsyncConnection, request: web.Request, party: Party, given: Mapping[str, str]
) -> tuple[PeriodPage, reports.Scope | None]:
    """The page without its preview, and what the paper is about; None and the page with its faults
    when it cannot be issued so."""
    page, scope = await _asked(db, request, party, given)
    wrong = requisite_faults(page, texts(request)) if scope else {}
    if scope is None or not wrong:
        return page, scope
    page = await _with_preview(db, request, page, scope)
    return replace(page, errors=wrong) if page.preview else page, None


async def _asked(
    db: AsyncConnection, request: web.Request, party: Party, given: Mapping[str, str]
) -> tuple[PeriodPage, reports.Scope | None]:
    """The page without its preview, and what it is about; None when the form has a fault."""
    page, days = _read(request, party, given)
    if days is None:
        return page, None
    own = party.id if page.own else ""
    pairs = [] if page.own and page.kind not in ACTS else await reports.pairs_in(
        db, *days, request.app[SEALER].issuer, own
    )  # fmt: skip
    page = _with_choices(page, pairs, party)
    if not page.buyer:
        return page, None
    named = await reports.customer_of(db, page.buyer)
    currency = request.app[SEALER].issuer.currency
    scope = reports.Scope(page.kind, page.buyer, *days, page.other, currency, page.language)
    return replace(page, name=page.name or named.name), scope


async def _told(db: AsyncConnection, party: Party, number: str) -> str:
    """The number that the address says was issued, if the register has it for this reader."""
    if not number:
        return ""
    try:
        return (await paper_for(db, party, number)).issued.number
    except NotFound:
        return ""


def _read(
    request: web.Request, party: Party, given: Mapping[str, str]
) -> tuple[PeriodPage, tuple[date, date] | None]:
    """What was typed, faults named; the days when they can be asked about."""
    _, zone = texts(request), request.app[SEALER].issuer.zone
    today = request.app[CLOCK]().astimezone(zone).date()
    own = not reads_all(party)
    kinds = tuple(kind for kind in KIND_OF if not own or _may(kind, party))
    first = _day(given.get("since") or today.replace(day=1).isoformat())
    last = _day(given.get("until") or today.isoformat())
    errors = {}
    if first is None:
        errors["since"] = _("Write a day, for example 2026-10-01")
    if last is None:
        errors["until"] = _("Write a day, for example 2026-10-31")
    elif last > today:
        errors["until"] = _("This day has not come yet")
    elif first and not timedelta(0) <= last - first < timedelta(DAYS_MAX):
        errors["until"] = _("The period ends before it begins, or is longer than a year")
    kind, language = given.get("kind", ""), given.get("language", "")
    page = PeriodPage(
        kind=kind if kind in kinds else kinds[0],
        kinds=kinds,
        since=first.isoformat() if first else given.get("since", "")[:20],
        until=last.isoformat() if last else given.get("until", "")[:20],
        language=language if language in ("ru", "en") else request[LOCALE],
        buyer=party.id if own else given.get("buyer", "")[:60],
        other=given.get("other", "")[:60],
        find="" if own else given.get("find", "").strip()[:60],
        own=own,
        issues=not party.roles.isdisjoint(MAKERS),
        name=given.get("name", "").strip(),
        inn=given.get("inn", "").strip(),
        kpp=given.get("kpp", "").strip(),
        ogrn=given.get("ogrn", "").strip(),
        vat_id=compact(given.get("vat_id", "")),
        address=given.get("address", "").strip(),
        errors=errors,
    )
    return page, None if errors or first is None or last is None else (first, last)


def _may(kind: str, party: Party) -> bool:
    """A client's papers are for clients, a consultant's for consultants, some for both."""
    if kind in ("wallet", "partner"):
        return True
    return ("consultant" if kind in ("earnings", "principal") else kind) in party.roles


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None


def _with_choices(page: PeriodPage, pairs: list[reports.Pair], party: Party) -> PeriodPage:
    """Whom the paper can be made out to, and with whom; who is not among them is nobody."""
    buyers = {}
    if page.kind in ACTS:
        buyers = {one.buyer[0]: one.buyer[1] for one in pairs if one.role == page.kind}
    else:
        for one in pairs:
            sides = (one.buyer, one.other) if page.kind in ("wallet", "partner") else ()
            host = one.buyer if one.role == "consultant" else one.other
            buyers |= dict(sides or (host,))
    if page.own:
        buyers = {party.id: party.name}
    named = page.find.casefold()
    buyers = {id: name for id, name in buyers.items() if named in name.casefold()}
    buyer = page.buyer if page.buyer in buyers else next(iter(buyers), "")
    mine = [one for one in pairs if one.role == page.kind and one.buyer[0] == buyer]
    others = {one.other[0]: one.other[1] for one in mine}
    return replace(
        page,
        buyer=buyer,
        other=page.other if page.other in others else "",
        buyers=_listed(buyers, buyer),
        found=len(buyers),
        crowded=len(pairs) >= reports.PAIRS_MAX,
        others=_choices(others),
    )


def _listed(found: dict[str, str], chosen: str) -> tuple[Choice, ...]:
    """The first CHOICES_MAX by name, and who is chosen."""
    every = _choices(found)
    late = (one for one in every[CHOICES_MAX:] if one.value == chosen)
    return (*every[:CHOICES_MAX], *late)


def _choices(found: dict[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(*one) for one in sorted(found.items(), key=lambda one: one[1]))


async def _with_preview(
    db: AsyncConnection, request: web.Request, page: PeriodPage, scope: reports.Scope
) -> PeriodPage:
    """The same when nothing was charged in the period."""
    at, issuer = request.app[CLOCK](), request.app[SEALER].issuer
    customer = reports.Customer(scope.buyer, "")
    try:
        sums = await period_sums.preview(db, KIND_OF[scope.role], scope, customer, at, issuer)
    except reports.NothingInPeriod:
        return page
    return replace(page, preview=sums)


def requisite_faults(page: PeriodPage, _: Callable[..., str]) -> dict[str, str]:
    """Field → what is wrong with it: the check digits of what was typed."""
    words = {"form": _("Such a number does not exist"), "check": _("A digit is mistyped")}
    found = {
        "inn": fault_in_inn(page.inn) if page.inn else "",
        "kpp": fault_in_kpp(page.kpp) if page.kpp else "",
        "ogrn": fault_in_ogrn(page.ogrn) if page.ogrn else "",
        "vat_id": fault_in_vat_id(page.vat_id) if page.vat_id else "",
    }
    if page.kpp and len(page.inn) != 10:
        found["kpp"] = found["kpp"] or "form"  # persons have none
    wrong = {name: words[why] for name, why in found.items() if why}
    if not 0 < len(page.name) <= NAME_CHARS_MAX:
        wrong["name"] = _("Write whom it is made out to, 160 letters at most")
    if len(page.address) > ADDRESS_CHARS_MAX:
        wrong["address"] = _("300 letters at most")
    return wrong


def customer_of_page(page: PeriodPage) -> reports.Customer:
    return reports.Customer(
        page.buyer, page.name, page.inn, page.kpp, page.ogrn, page.vat_id, page.address
    )
