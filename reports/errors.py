"""Errors of the paper room.

PaperError
├── SessionUnknown(session)              no such session
├── NotEnded(session, state)             paper is written about finished sessions only
├── NothingToAct(session)                no charged minute, so no service to certify
├── NothingInPeriod(first, last)         no charged session, so nothing to write down
├── PeriodAhead(last, today)             days that have not come cannot be certified
├── Overtaken(name)                      the paper changed while it was drawn: draft it again
├── DocumentUnknown(name)                no such number or revision in the register
├── BadRegister(what)                    no such register, form of a file, or days
├── UpdIncomplete(fields)                requisites that the file of exchange cannot be without
├── EInvoiceIncomplete(fields)           the same for an invoice of EN 16931
├── TotalsDiffer(what, paper, ledger)    our bug or a damaged database: nothing is issued
├── NotInLog(what)                       no such leaf, position or size in the log
└── NotASession(reason)                  bytes that do not hold session.json of this format
"""

from datetime import date


class PaperError(Exception):
    """Whatever the paper room refuses."""


class SessionUnknown(PaperError):
    def __init__(self, session: str) -> None:
        super().__init__(f"no session {session}")
        self.session = session


class NotEnded(PaperError):
    def __init__(self, session: str, state: str) -> None:
        super().__init__(f"session {session} is {state}, not ended")
        self.session, self.state = session, state


class NothingToAct(PaperError):
    def __init__(self, session: str) -> None:
        super().__init__(f"session {session} has no charged minute")
        self.session = session


class NothingInPeriod(PaperError):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"nothing was charged from {first} to {last}")
        self.first, self.last = first, last


class PeriodAhead(PaperError):
    def __init__(self, last: date, today: date) -> None:
        super().__init__(f"the period ends on {last}, and today is {today}")
        self.last, self.today = last, today


class Overtaken(PaperError):
    """What was drawn is no longer what would be issued: draft it again."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} changed while it was drawn")
        self.name = name


class DocumentUnknown(PaperError):
    def __init__(self, name: str) -> None:
        super().__init__(f"no document {name}")
        self.name = name


class NotInLog(PaperError):
    """`what` was asked for: a hash, a position or a size."""

    def __init__(self, what: str) -> None:
        super().__init__(f"not in the log: {what}")
        self.what = what


class BadRegister(PaperError):
    def __init__(self, what: str) -> None:
        super().__init__(f"no register can be made: {what}")
        self.what = what


class UpdIncomplete(PaperError):
    """`fields`: name, inn, kpp, address, id of the buyer; seller, total, currency, kind."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(f"cannot be written without {', '.join(fields)}")
        self.fields = fields


class EInvoiceIncomplete(PaperError):
    """`fields`: name, country, vat_id of the buyer; seller, currency, agent, total, vat, kind."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(f"no invoice of EN 16931 without {', '.join(fields)}")
        self.fields = fields


class TotalsDiffer(PaperError):
    """`paper` and `ledger` are the two figures that should be one (minor units or seconds)."""

    def __init__(self, what: str, paper: int, ledger: int) -> None:
        super().__init__(f"{what}: paper says {paper}, ledger says {ledger}")
        self.what, self.paper, self.ledger = what, paper, ledger


class NotASession(PaperError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"not a session record: {reason}")
        self.reason = reason
