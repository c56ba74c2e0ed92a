"""What wraps every answer: a request number, security headers, limits, and errors told politely.

An error of a room becomes a page, a fragment or JSON with a stable code; whatever we did not
foresee becomes a 500 with a number that is also in the log, and nothing else.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from ledger import InsufficientFunds
from web.db import repeated
from web.errors import BadInput, LoginNeeded, NotFound, TooOften, verdict
from web.faces import face
from web.keys import CSRF, LOCALE, LOGIN, PARTY, REQUEST_ID, SETTINGS
from web.login import SAFE
from web.settings import Settings

log = structlog.get_logger("web")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# First path segment, changing requests only: tries a minute from one address.
LIMITS = {"login": 20, "demo-login": 60, "i": 60, "verify": 60}
STRIPE_CHECKOUT = "https://checkout.stripe.com"
# Where forms of ours may lead: giving a card, a payee's questions, a bank that wants the owner.
STRIPE_PAGES = f"{STRIPE_CHECKOUT} https://connect.stripe.com https://hooks.stripe.com"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What error.html shows. code: stable, for programs; number: to quote when asking for help."""

    status: int
    code: str
    number: str = ""
    field: str = ""
    retry_after_s: int = 0
    needed: str = ""
    available: str = ""


@web.middleware
async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its number and the answer its security headers."""
    request[REQUEST_ID] = secrets.token_hex(4).upper()
    with structlog.contextvars.bound_contextvars(request=request[REQUEST_ID]):
        response = await handler(request)
    if not response.prepared:
        add_headers(request, response)
    return response


def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    settings = request.app[SETTINGS]
    response.headers[hdrs.SERVER] = "Minuta"  # not which version of which library
    for name, value in security_headers(settings).items():
        response.headers.setdefault(name, value)
    if not request.path.startswith("/static/"):
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


def security_headers(settings: Settings) -> dict[str, str]:
    """The same on every answer. Referrer `same-origin`: `no-referrer` would hide the Origin of our
    own forms; a page of ours tells no other site where its reader came from either way."""
    pay = f" {STRIPE_PAGES}" if settings.stripe else ""
    policy = (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; "
        "font-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self'{pay}"
    )
    wanted = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": (
            "camera=(self), microphone=(self), display-capture=(self), "
            "screen-wake-lock=(self), geolocation=(), payment=()"
        ),
    }
    if settings.https:
        wanted["Strict-Transport-Security"] = "max-age=31536000"
    return wanted


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn an exception into the answer that web/errors.py has for it."""
    try:
        return await handler(request)
    except LoginNeeded as error:
        if wants_page(request):
            where = f"/login?next={quote(error.wanted)}"
            return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: where})
        return _told(request, ErrorPage(401, error.code))
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            return web.Response(status=error.status, headers=error.headers)
        return _told(request, ErrorPage(error.status, _code_of(error.status)))
    except Exception as error:
        found = verdict(error)
        if found is None:
            log.exception("request failed", method=request.method, path=_route(request))
            return _told(request, ErrorPage(500, "broken", request[REQUEST_ID]))
        return _told(request, _page_of(request, error, *found))


@web.middleware
async def plain_address(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse an address with a NUL in it: nothing of ours has such a name."""
    if "\0" in request.path:
        raise NotFound
    if any("\0" in one for one in request.query.values()):
        raise BadInput("query", "bad_text")
    return await handler(request)


@web.middleware
async def repeat(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Handle a changing request again when its transaction was taken back; its body is kept."""
    if request.method in SAFE:
        return await handler(request)
    return await repeated(lambda: handler(request))


def limiter() -> Middleware:
    """A middleware that counts tries per address in memory."""
    window = MovingWindowRateLimiter(MemoryStorage())

    @web.middleware
    async def limit(request: web.Request, handler: Handler) -> web.StreamResponse:
        segment = request.path.split("/")[1]
        if request.method == hdrs.METH_POST and segment in LIMITS:
            item = RateLimitItemPerMinute(LIMITS[segment])
            if not await window.hit(item, segment, address_of(request)):
                raise TooOften(30)
        return await handler(request)

    return limit


def address_of(request: web.Request) -> str:
    """Who knocks, as the nearest proxy that we trust saw it; what a client writes there is older
    in the list and never believed."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    trusted = request.app[SETTINGS].proxies
    if trusted and len(hops) >= trusted and hops[-trusted].strip():
        return hops[-trusted].strip()
    return request.remote or ""


def wants_page(request: web.Request) -> bool:
    """Whether a person reads the answer: not a fragment and not a program."""
    accept = request.headers.get(hdrs.ACCEPT, "*/*")
    return "HX-Request" not in request.headers and "application/json" not in accept


def _told(request: web.Request, page: ErrorPage) -> web.StreamResponse:
    for key, value in ((LOGIN, None), (PARTY, None)):
        if key not in request:
            request[key] = value
    if LOCALE not in request:
        request[LOCALE], request[CSRF] = request.app[SETTINGS].locale, ""
    response = face(request, "error.html", page, status=page.status)
    if page.retry_after_s:
        response.headers[hdrs.RETRY_AFTER] = str(page.retry_after_s)
    return response


def _page_of(request: web.Request, error: Exception, status: HTTPStatus, code: str) -> ErrorPage:
    """How much money is there is told to its owner only."""
    told = ErrorPage(
        status=int(status),
        code=code,
        field=str(getattr(error, "field", "")),
        retry_after_s=int(getattr(error, "retry_after_s", 0)),
    )
    party = request.get(PARTY)
    if not isinstance(error, InsufficientFunds) or not party or error.account.owner != party.id:
        return told
    return replace(told, needed=str(error.needed), available=str(error.available))


def _code_of(status: int) -> str:
    return HTTPStatus(status).name.lower()


def _route(request: web.Request) -> str:
    """The template of the path, never the path: an invite token is a secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"
