"""Page values of the check of a document; as web/shapes.py, and described with it."""

from dataclasses import dataclass, field

from ledger import Money
from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked. ok: None when it could not be."""

    check: str
    ok: bool | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Verify:
    """code: None before a file came; 0 authentic, 1 changed, 2 unknown issuer, 3 not ours.

    superseded: whether our register knows a later revision of an authentic file, superseded_by its
    name; None when it does not know the file."""

    code: int | None = None
    file: str = ""
    number: str = ""
    kind: str = ""
    session: str = ""
    minutes: int | None = None
    total: Money | None = None
    findings: tuple[Finding, ...] = ()
    superseded: bool | None = None
    superseded_by: str = ""
    errors: Errors = field(default_factory=dict)
