"""What people and scripts send, as plain fields; where they go afterwards.

A form and a JSON object are the same to a handler: a mapping of strings.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from http import HTTPStatus

from aiohttp import hdrs, web
from multidict import MultiDictProxy

from ledger import CURRENCIES, Money
from web.errors import BadInput
from web.faces import dumps

FIELDS_MAX = 40
FIELD_CHARS_MAX = 40
# A NUL, halves of a pair, and what stands for bytes that were no UTF-8.
NO_TEXT = re.compile("[\0\ud800-\udfff\ufffd]")
SUM_MINOR_MAX = 100_000_000  # a million of whole units: nobody tops up more in one go
_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")


async def fields(request: web.Request) -> Mapping[str, str]:
    """The fields of a form or of a JSON object; numbers become their digits.

    Raises: BadInput for a body that is neither, and for text that no database can keep.
    """
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except (ValueError, LookupError, RecursionError) as error:
            raise BadInput("body", "bad_json") from error
        if not isinstance(body, dict) or len(body) > FIELDS_MAX:
            raise BadInput("body", "bad_json")
        found = {str(k): str(v) for k, v in body.items() if isinstance(v, (str, int))}
    else:
        parts = await posted(request)
        found = {name: value for name, value in parts.items() if isinstance(value, str)}
    for name, value in found.items():
        if NO_TEXT.search(value):
            raise BadInput(name[:FIELD_CHARS_MAX], "bad_text")
    return found


async def posted(
    request: web.Request,
) -> MultiDictProxy[str | bytearray | bytes | web.FileField]:
    """The parts of a form, files too. Raises: BadInput for a body that only says it is one."""
    try:
        return await request.post()
    except (ValueError, LookupError, AssertionError) as error:
        raise BadInput("body", "bad_form") from error


def local_path(wish: str | None, otherwise: str) -> str:
    """A path of this site, or `otherwise`: nobody is sent elsewhere by a link of ours.

    >>> local_path("/i/abc?x=1", "/"), local_path("//evil.example", "/"), local_path(None, "/")
    ('/i/abc?x=1', '/', '/')
    """
    return wish if wish and _PATH.fullmatch(wish) else otherwise


def money_of(text: str, currency: str = "RUB") -> Money | None:
    """A sum as typed: comma or point, spaces allowed, as many decimals as the currency has; None
    when it is not, or the currency is not known.

    >>> money_of("1 250,50"), money_of("20"), money_of("1.234"), money_of("-3")
    (Money(minor=125050, currency='RUB'), Money(minor=2000, currency='RUB'), None, None)
    >>> money_of("20", "JPY"), money_of("2.5", "JPY"), money_of("20", "ABC")
    (Money(minor=20, currency='JPY'), None, None)
    """
    if currency not in CURRENCIES:
        return None
    digits = re.sub(r"[\s\u00a0\u202f₽€$]", "", text).replace(",", ".")
    places = CURRENCIES[currency]
    if not re.fullmatch(
        rf"[0-9]{{1,9}}(\.[0-9]{{1,{places}}})?" if places else "[0-9]{1,9}", digits
    ):
        return None
    try:
        minor = int(Decimal(digits).scaleb(places))
    except InvalidOperation:
        return None
    return Money(minor, currency) if 0 < minor <= SUM_MINOR_MAX else None


def see(request: web.Request, path: str, value: object = None) -> web.Response:
    """Done: a person is sent on to `path`, a script gets the value and the path."""
    if "application/json" in request.headers.get(hdrs.ACCEPT, ""):
        body = value if value is not None else {"location": path}
        return web.Response(
            text=dumps(body),
            status=HTTPStatus.CREATED,
            content_type="application/json",
            headers={hdrs.LOCATION: path},
        )
    if "HX-Request" in request.headers:
        return web.Response(headers={"HX-Redirect": path})
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: path})
