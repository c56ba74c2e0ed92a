"""Page values of files for accounting programs; as web/shapes.py, and described with it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class UpdPage:
    """The form of a universal transfer document. number: the exact name of the act; receiver and
    sender: ids of the sides with their operators of document exchange, may be empty."""

    number: str
    name: str
    inn: str = ""
    kpp: str = ""
    address: str = ""
    receiver: str = ""
    sender: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EInvoicePage:
    """The form of an invoice of EN 16931. number: the exact name of the act; country: two letters;
    syntax: cii or ubl; credit: the note that takes this revision back; superseded: there is one."""

    number: str
    name: str
    country: str = ""
    vat_id: str = ""
    address: str = ""
    syntax: str = "cii"
    credit: bool = False
    superseded: bool = False
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportView:
    """A prepared file. state: waiting, making, ready or failed; done of total were looked at;
    path: where to get it while it is kept, "" before it is ready; picked: so many documents were
    ticked for it, 0 when it is of all that were found."""

    id: str
    register: str
    form: str
    since: date | None
    until: date | None
    state: str
    done: int
    total: int
    rows: int
    size: int
    sha256: str
    asked_at: datetime
    expires_at: datetime
    path: str = ""
    picked: int = 0


@dataclass(frozen=True, slots=True)
class Exports:
    """The form and what was asked for, the newest first. registers: what this party may ask for."""

    registers: tuple[str, ...]
    forms: tuple[str, ...]
    register: str
    form: str
    since: str = ""
    until: str = ""
    kind: str = ""
    who: str = ""
    busy: bool = False
    files: tuple[ExportView, ...] = ()
    errors: Errors = field(default_factory=dict)
