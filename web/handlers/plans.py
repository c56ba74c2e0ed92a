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
from web.plans_page import BadDraft, document_of, looked_at, plan_page_of, plans_page_of
from web.shapes_tariffs import PlanPage


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
    page, status = await _looked(request, await _typed(request))
    return face(request, "plan.html", page, status)


async def publish(request: web.Request) -> web.StreamResponse:
    """Publish a draft under the number that the form brings; the same again changes nothing."""
    actor, page, at = officer(request, "curator"), await _typed(request), request.app[CLOCK]()
    _ = texts(request)
    try:
        draft = read_draft(document_of(page))
        async with request.app[DB].transaction() as db:
            made = await publish_plan(db, draft, actor, page.why, at)
    except (BadDraft, BadTariff):
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


async def _typed(request: web.Request) -> PlanPage:
    """The page with the form as it was sent. Raises: BadInput, NotFound."""
    given, page = await fields(request), await _page(request)
    version = given.get("version", "") or str(page.next_version)
    if not version.isdecimal() or len(version) > 9:
        raise BadInput("version")
    draft, why = given.get("draft", ""), given.get("why", "")
    return replace(page, draft=draft, why=why, next_version=int(version))


async def _looked(request: web.Request, page: PlanPage) -> tuple[PlanPage, int]:
    """The page with its draft read, or with what is wrong with it."""
    _ = texts(request)
    try:
        async with request.app[DB].reading() as db:
            return await looked_at(db, page, request.app[CLOCK]()), 200
    except BadDraft:
        return replace(page, errors={"draft": _("This is not a JSON object")}), 422
    except BadTariff as error:
        wrong = {"draft": _("Look at this field: {why}", why=error.why)}
        return replace(page, fault=error.field, errors=wrong), 422
