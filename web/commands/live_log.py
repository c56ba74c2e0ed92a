"""`minuta verify --log URL`: does the live log go on from the checkpoint in the file?"""

import json
from datetime import datetime
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from reports import Finding, log_compare, read_checkpoint

TIMEOUT_S = 10
ANSWER_BYTES_MAX = 1_000_000
JSON = "application/json"
#: Code of `minuta verify` by what was found: authentic, changed, not to be known.
CODES = {True: 0, False: 1, None: 2}


def compared(data: bytes, trust: bytes, at: datetime, url: str) -> Finding:
    """Ask the log at `url`; never raises."""
    leaf = log_compare.leaf_wanted(data)
    if leaf is not None:
        return _late(data, trust, at, url, leaf)
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


def _late(data: bytes, trust: bytes, at: datetime, url: str, leaf: str) -> Finding:
    """A file that holds no proof, issued before there was a log: the log itself has it by now."""
    try:
        told, note = json.loads(_fetched(url, "/log", JSON)), _fetched(url, "/log/checkpoint")
        query = urlencode({"leaf": leaf, "size": read_checkpoint(note).size})
        proof = json.loads(_fetched(url, f"/log/proof?{query}"))
        return log_compare.proved_late(data, trust, at, told, note, proof)
    except (URLError, OSError, ValueError, KeyError, TypeError) as error:
        return log_compare.not_compared(str(error) or type(error).__name__)


def _fetched(url: str, path: str, accept: str = "*/*") -> str:
    """Raises: URLError, OSError, ValueError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url} is not a web address")
    asked = Request(url.rstrip("/") + path, headers={"Accept": accept})
    with urlopen(asked, timeout=TIMEOUT_S) as answer:
        return str(answer.read(ANSWER_BYTES_MAX).decode())
