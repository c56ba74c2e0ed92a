"""Can a paper of ours have this head? Pure: its series, its year, and what it says it replaces."""

from reports.canonical import Json
from reports.findings import Finding
from reports.headings import Heading, heading_from_json
from reports.issuer import Issuer
from reports.register import SERIES, parse_name

_SHA256_DIGITS = 64


def heading_finding(body: Json) -> Finding:
    """Raises: KeyError, TypeError, ValueError when damaged."""
    heading, issuer = heading_from_json(body["document"]), Issuer.from_json(body["issuer"])
    where = _number_fault(heading, issuer) or _revision_fault(heading)
    if where:
        ru, en = "таких реквизитов у нас не бывает", "no paper of ours has such a head"
        return Finding("heading", False, ru, en, f"document.{where}")
    return Finding("heading", True, heading.name, heading.name)


def _number_fault(heading: Heading, issuer: Issuer) -> str:
    """A number is of the kind's series and of the year of its first revision."""
    if heading.kind not in SERIES:
        return "kind"
    if parse_name(heading.name) is None:
        return "number"
    series, year, _ = heading.number.split("-")
    made = heading.issued_at.astimezone(issuer.zone).year
    right = int(year) == made if heading.revision == 1 else int(year) <= made
    return "" if series == SERIES[heading.kind] and right else "number"


def _revision_fault(heading: Heading) -> str:
    """A revision points to the one before it, which is older; the first one to none."""
    old = heading.replaces
    if old is None:
        return "" if heading.revision == 1 else "replaces"
    plain = len(old.sha256) == _SHA256_DIGITS and not set(old.sha256) - set("0123456789abcdef")
    before = old.revision == heading.revision - 1 >= 1 and old.issued_at <= heading.issued_at
    return "" if plain and before else "replaces"
