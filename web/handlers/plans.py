"""The platform's plans: every officer sees them, a curator publishes the next version."""

from dataclasses import replace

from aiohttp import web

from ledger.control import NothingSaid
from metering import BadTariff, TariffConflict, UnknownPlan, publish_plan, read_draft
from web.acting import OFFICES, officer
from web.errors import BadInput, NotFound
from web.faces import face, texts
from web.forms import fields, see
from web.keys import CLOCK, DB
from web.login import require_party
from web.plan_form import BadFields, field_of
from web.plans_page import (
    BadDraft,
    document_of,
    edited,
    looked_at,
    plan_page_of,
    plans_page_of,
    typed,
)
from web.shapes_tariffs import PlanPage
from web.tariff_faults import fault_text


async def list_all(request: web.Request) -> web.StreamResponse:
    """The plans in force."""
    require_party(request, *OFFICES)
    async with request.app[DB].reading() as db:
        value = await plans_page_of(db)
    return face(request, "plans.html", value)


async def show(request: web.Request) -> web.StreamResponse:
    """A plan, its versions, and the form of the next one."""
    require_party(request, *OFFICES)
    return face(request, "plan.html", await _page(request))


async def look(request: web.Request) -> web.StreamResponse:
    """What a draft would change and come to; nothing is written."""
    officer(request, "curator")
    page, do = await _typed(request)
    shown, status = _edited(request, page, do) if do else await _looked(request, page)
    return face(request, "plan.html", shown, status)


async def publish(request: web.Request) -> web.StreamResponse:
    """Publish a draft under the number that the form brings; the same again changes nothing."""
    actor, (page, _do) = officer(request, "curator"), await _typed(request)
    _, at = texts(request), request.app[CLOCK]()
    try:
        draft = read_draft(document_of(page, _))
        async with request.app[DB].transaction() as db:
            made = await publish_plan(db, draft, actor, page.why, at)
    except (BadDraft, BadFields, BadTariff):
        return face(request, "plan.html", *(await _looked(request, page)))
    except NothingSaid:
        found, _status = await _looked(request, page)
        wrong = found.errors or {"why": _("Say why: it goes into the journal")}
        return face(request, "plan.html", replace(found, errors=wrong), 422)
    except TariffConflict:
        wrong = {"draft": _("Another version has been published meanwhile. Look at it first")}
        return face(request, "plan.html", replace(await _page(request), errors=wrong), 409)
    return see(request, f"/plans/{page.plan}", {"plan": made.plan, "version": made.version})


async def _page(request: web.Request) -> PlanPage:
    """Raises: NotFound."""
    curator = "curator" in require_party(request, *OFFICES).roles
    async with request.app[DB].reading() as db:
        try:
            name = request.match_info["plan"]
            return await plan_page_of(db, name, request.app[CLOCK](), curator)
        except UnknownPlan as error:
            raise NotFound() from error


async def _typed(request: web.Request) -> tuple[PlanPage, str]:
    """The page with the form as it was sent, and its button. Raises: BadInput, NotFound."""
    given, page = await fields(request), await _page(request)
    version = given.get("version", "") or str(page.next_version)
    if not version.isdecimal() or len(version) > 9:
        raise BadInput("version")
    return typed(page, given, int(version)), given.get("do", "")


def _edited(request: web.Request, page: PlanPage, do: str) -> tuple[PlanPage, int]:
    """The page after a button that changes the form itself."""
    try:
        return edited(page, do, texts(request)), 200
    except (BadDraft, BadFields, BadTariff) as error:
        return _wrong(request, page, error), 200


async def _looked(request: web.Request, page: PlanPage) -> tuple[PlanPage, int]:
    """The page with its draft read, or with what is wrong with it."""
    try:
        async with request.app[DB].reading() as db:
            return await looked_at(db, page, request.app[CLOCK](), texts(request)), 200
    except (BadDraft, BadFields, BadTariff) as error:
        return _wrong(request, page, error), 422


def _wrong(
    request: web.Request, page: PlanPage, error: BadDraft | BadFields | BadTariff
) -> PlanPage:
    """The page with every fault at its field."""
    _ = texts(request)
    if isinstance(error, BadFields):
        return replace(page, errors=error.errors)
    if isinstance(error, BadDraft):
        return replace(page, errors={"draft": _("This is not a JSON object")})
    place = "draft" if page.form is None else field_of(error.field, page.form.values) or "draft"
    return replace(page, fault=error.field, errors={place: fault_text(error.why, _)})
