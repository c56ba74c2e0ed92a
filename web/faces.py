"""One value, three faces: a page, a block of that page, or JSON. The only file that knows Jinja2.

`Accept: application/json` gets the value itself, `HX-Request` gets one block of the page (the one
named by `HX-Target`, else `main`), everybody else the page. Money and moments become text in the
templates by the filters below; in JSON they stay `{"minor", "currency"}` and ISO 8601 in UTC.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from aiohttp import hdrs, web
from markupsafe import Markup

from broker.parties import THEMES
from web import words as say
from web.assets import Assets
from web.keys import CSRF, LOCALE, PARTY, SETTINGS
from web.locale import browser_messages, words
from web.navigation import places
from web.reasons import reason_text
from web.tariff_words import tariff_words, time_text

TEMPLATES = Path(__file__).parent / "templates"
MAIN_BLOCK = "main"
ASSETS = Assets(Path(__file__).parent / "static")


def face(
    request: web.Request, template: str, value: object, status: int = 200
) -> web.StreamResponse:
    """Show `value`, a frozen dataclass, to whoever asks, in the way they can read it."""
    if "application/json" in request.headers.get(hdrs.ACCEPT, ""):
        return web.json_response(value, status=status, dumps=dumps)
    env = environment(request[LOCALE])
    page = env.get_template(template)
    context = frame(request) | {"page": value}
    context["m"] = env.get_template("macros.html").make_module(context)
    if "HX-Request" in request.headers:
        name = request.headers.get("HX-Target", MAIN_BLOCK).rpartition("#")[2]
        block = page.blocks.get(name) or page.blocks.get(MAIN_BLOCK) or page.root_render_func
        text = "".join(block(page.new_context(context)))
    else:
        text = page.render(context)
    return web.Response(
        text=text,
        status=status,
        content_type="text/html",
        headers={hdrs.VARY: "Accept, HX-Request"},
    )


def texts(request: web.Request) -> Callable[..., str]:
    """`_` for a handler: `_ = texts(request)`."""
    return words(request[LOCALE]).gettext


def frame(request: web.Request) -> dict[str, object]:
    """What every page knows beside its value: who asks, where, and in which theme."""
    party = request[PARTY]
    return {
        "request": request,
        "party": party,
        "csrf": request[CSRF],
        "path": request.path_qs,
        "demo": request.app[SETTINGS].demo,
        "zone": say.zone_of(request.cookies.get("zone")),
        "theme": theme_of(request),
        "places": places(party, request.path) if party else (),
        "assets": ASSETS,
    }


def theme_of(request: web.Request) -> str:
    """What the account says, else the cookie of this browser, else as the system has it."""
    party = request[PARTY]
    wishes = [party.choices.theme if party else "system", request.cookies.get("theme")]
    return next((one for one in wishes if one in THEMES and one != "system"), "system")


def plain(value: Any) -> Any:
    """A value as JSON knows it: fields by name, moments in UTC, enums by their small names."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(one) for one in value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value.name.lower() if isinstance(value, Enum) else value


def dumps(value: object) -> str:
    return json.dumps(plain(value), ensure_ascii=False)


def script_json(value: object) -> Markup:
    """JSON for a script block: nothing in it can close the block."""
    text = dumps(value)
    for char, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(char, code)
    return Markup(text)  # the three characters that matter are escaped above


@cache
def environment(locale: str) -> jinja2.Environment:
    """Templates that speak one language."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    spoken = words(locale)
    env.filters |= {
        "money": partial(say.money_text, locale=locale),
        "change": partial(say.change_text, locale=locale),
        "sign": say.sign_of,
        "rate": _in_zone(say.tag_text, locale),
        "minutes": partial(say.minutes_text, locale=locale),
        "lasting": partial(say.lasting_text, locale=locale),
        "seconds": partial(say.seconds_text, locale=locale),
        "moment": _in_zone(say.moment_text, locale),
        "hour": _in_zone(say.hour_text, locale),
        "day": _in_zone(say.date_text, locale),
        "month": partial(say.month_text, locale=locale),
        "clock": say.clock_text,
        "percent": partial(say.percent_text, locale=locale),
        "size": partial(say.size_text, locale=locale),
        "initials": say.initials,
        "country": partial(say.country_text, locale=locale),
        "field": say.field_text,
        "tariff_words": partial(tariff_words, locale=locale),
        "lasts": partial(time_text, locale=locale),
        "script_json": script_json,
        "quoted": partial(quote, safe=""),
    }
    env.globals |= {
        "_": spoken.gettext,
        "ngettext": spoken.ngettext,
        "locale": locale,
        "icon": icon,
        "countries": partial(say.countries, locale),
        "week": partial(say.week, locale),
        "reason_of": partial(reason_text, locale=locale),
        "browser_messages": partial(browser_messages, locale),
    }
    return env


def _in_zone(text: Callable[..., str], locale: str) -> Callable[..., str]:
    """A filter for what has moments: the zone is the viewer's, so it comes with the request."""

    @jinja2.pass_context
    def shown(context: jinja2.runtime.Context, value: object) -> str:
        return text(value, locale, context["zone"])

    return shown


def icon(name: str) -> Markup:
    """A picture from the sprite, beside a word or a name and silent itself."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        ASSETS.url("icons.svg"), name
    )
