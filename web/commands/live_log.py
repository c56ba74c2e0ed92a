"""`minuta verify --log URL`: does the live log go on from the checkpoint in the file?"""

import json
from datetime import datetime
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from reports import Finding, log_compare

TIMEOUT_S = 10
ANSWER_BYTES_MAX = 1_000_000
#: Code of `minuta verify` by what was found: authentic, changed, not to be known.
CODES = {True: 0, False: 1, None: 2}


def compared(data: bytes, trust: bytes, at: datetime, url: str) -> Finding:
    """Ask the log at `url`; never raises."""
    included = log_compare.included_in(data, trust, at)
    if included is None:
        return log_compare.nothing_to_compare()
    try:
        note, path = _fetched(url, "/log/checkpoint"), list[str]()
        try:
            old, new = log_compare.sizes(included, note)
        except ValueError:
            old = new = 0  # a note that does not hold is judged without a proof
        if old < new:
            query = urlencode({"from": old, "to": new})
            path = json.loads(_fetched(url, f"/log/consistency?{query}"))["path"]
    except (URLError, OSError, ValueError, KeyError, TypeError) as error:
        return log_compare.not_compared(str(error) or type(error).__name__)
    return log_compare.compared(included, note, path)


def _fetched(url: str, path: str) -> str:
    """Raises: URLError, OSError, ValueError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url} is not a web address")
    with urlopen(url.rstrip("/") + path, timeout=TIMEOUT_S) as answer:
        return str(answer.read(ANSWER_BYTES_MAX).decode())
