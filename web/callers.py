"""How somebody came in, as their own list of logins says it: browser, system, masked address."""

import ipaddress
import re

from aiohttp import hdrs, web

from broker.parties import Knock
from web.shield import address_of

DEVICE_CHARS_MAX = 60
_BROWSERS = (
    (r"Edg(?:A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"YaBrowser/", "Yandex Browser"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrom(?:e|ium)/|CriOS/", "Chrome"),
    (r"Version/[\d.]+ .*Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"CrOS", "ChromeOS"),
    (r"Linux|X11", "Linux"),
)


def knock_of(request: web.Request, way: str) -> Knock:
    """`way`: "code", "passkey", "invite" or "demo"."""
    agent = request.headers.get(hdrs.USER_AGENT, "")
    return Knock(way, device_of(agent), masked(address_of(request)))


def device_of(agent: str) -> str:
    """Browser and system by their product names; what has none is named by its first word.

    >>> device_of("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36")
    'Chrome, Linux'
    >>> device_of("curl/8.5.0"), device_of("")
    ('curl', '')
    """
    found = [
        next((name for pattern, name in table if re.search(pattern, agent)), "")
        for table in (_BROWSERS, _SYSTEMS)
    ]
    first = re.match(r"[\w.-]{1,40}", agent)
    named = ", ".join(filter(None, found)) or (first[0] if first else "")
    return named[:DEVICE_CHARS_MAX]


def masked(address: str) -> str:
    """The network of an address, enough to tell home from abroad and not enough to find a person.

    >>> masked("203.0.113.77"), masked("2001:db8:12:3456::1"), masked("::ffff:203.0.113.77")
    ('203.0.x.x', '2001:db8:x', '203.0.x.x')
    >>> masked("nowhere")
    ''
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    plain = getattr(found, "ipv4_mapped", None) or found
    if plain.version == 4:
        return ".".join([*str(plain).split(".")[:2], "x", "x"])
    groups = [part.lstrip("0") or "0" for part in plain.exploded.split(":")]
    return ":".join([*groups[:2], "x"])
