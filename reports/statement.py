"""A statement of account as a frozen value: every movement between two balances. Pure.

Minutes of one session that were charged one after another are one line, as a mobile operator
itemises calls. The balance after each line is the ledger's own; opening, movements and closing
must agree, or nothing is issued. Money is minor units of one currency, credit is positive.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

from reports.canonical import Json, canonical, digest
from reports.errors import TotalsDiffer
from reports.headings import Heading, heading_from_json, heading_to_json
from reports.issuer import Issuer
from reports.period import Customer, Scope, scope_from_json, scope_to_json

STATEMENT_FORMAT = "minuta-statement/1"
STATEMENT_FILE = "statement.json"
STATEMENT_TEMPLATE = 1
STATEMENT = "statement"
#: Roles of a scope whose paper is a statement: which of the party's accounts.
WALLET, EARNINGS = "wallet", "earnings"
ACCOUNTS = (WALLET, EARNINGS)
CHARGED = "minute"


@dataclass(frozen=True, slots=True)
class Movement:
    """An entry of the account, or the charged minutes of one session as one.

    `kind` is the journal's ("minute", "settlement", "top_up" …), `ref` what it is about,
    `charges` how many increments it gathers, `balance` what the account held after it.
    """

    at: datetime
    until: datetime
    kind: str
    ref: str
    charges: int
    minor: int
    balance: int


@dataclass(frozen=True, slots=True)
class StatementTotals:
    """closing = opening + credits - debits; debits and credits are zero or more."""

    opening: int
    debits: int
    credits: int
    closing: int
    charges: int
    lines: int


@dataclass(frozen=True, slots=True)
class Statement:
    """`scope.role` says which account, `scope.buyer` whose."""

    heading: Heading
    issuer: Issuer
    scope: Scope
    customer: Customer
    movements: tuple[Movement, ...]
    totals: StatementTotals


def gathered(entries: Iterable[Movement]) -> tuple[Movement, ...]:
    """Neighbouring charges of one session made one line; everything else as it is."""
    found: list[Movement] = []
    for one in entries:
        last = found[-1] if found else None
        if last and one.kind == last.kind == CHARGED and one.ref == last.ref:
            found[-1] = Movement(
                last.at,
                one.until,
                last.kind,
                last.ref,
                last.charges + one.charges,
                last.minor + one.minor,
                one.balance,
            )
        else:
            found.append(one)
    return tuple(found)


def statement_of(
    heading: Heading,
    issuer: Issuer,
    scope: Scope,
    customer: Customer,
    movements: tuple[Movement, ...],
    balances: tuple[int, int],
) -> Statement:
    """The statement between two balances of the ledger: (opening, closing).

    Raises: TotalsDiffer when a balance after a line, or the closing one, is another sum; `what` is
    the place of it in the data.
    """
    totals = totals_between(movements, balances)
    return Statement(heading, issuer, scope, customer, movements, totals)


def totals_between(
    movements: tuple[Movement, ...], balances: tuple[int, int], place: str = ""
) -> StatementTotals:
    """Sums of an account's movements between (opening, closing).

    Raises: TotalsDiffer when one does not follow from the one before; `place` stands before `what`.
    """
    opening, closing = balances
    balance = opening
    for n, one in enumerate(movements):
        balance += one.minor
        if balance != one.balance:
            raise TotalsDiffer(f"{place}movements[{n}]", balance, one.balance)
    if balance != closing:
        raise TotalsDiffer(f"{place}totals.closing", balance, closing)
    return StatementTotals(
        opening=opening,
        debits=-sum(one.minor for one in movements if one.minor < 0),
        credits=sum(one.minor for one in movements if one.minor > 0),
        closing=closing,
        charges=sum(one.charges for one in movements),
        lines=len(movements),
    )


def told_by(statement: Statement) -> str:
    """What decides whether a new revision is due: not its number and time."""
    body = [movement_json(one) for one in statement.movements]
    head = [statement.scope.key, statement.issuer.to_json(), asdict(statement.customer)]
    return digest([*head, statement.totals.opening, body])


def statement_json(statement: Statement) -> bytes:
    """The attachment: canonical bytes of everything that the pages are made from."""
    return canonical(
        {
            "format": STATEMENT_FORMAT,
            "template": STATEMENT_TEMPLATE,
            "issuer": statement.issuer.to_json(),
            "document": heading_to_json(statement.heading),
            "scope": scope_to_json(statement.scope),
            "customer": asdict(statement.customer),
            "movements": [movement_json(one) for one in statement.movements],
            "totals": asdict(statement.totals),
        }
    )


def statement_from_json(body: Json) -> Statement:
    """The statement back. Raises: KeyError, TypeError, ValueError, PaperError."""
    totals = body["totals"]
    return statement_of(
        heading_from_json(body["document"]),
        Issuer.from_json(body["issuer"]),
        scope_from_json(body["scope"]),
        Customer(**body["customer"]),
        tuple(movement_from_json(one) for one in body["movements"]),
        (totals["opening"], totals["closing"]),
    )


def movement_json(one: Movement) -> Json:
    plain: Json = {field.name: getattr(one, field.name) for field in fields(one)}
    return plain | {name: _iso(getattr(one, name)) for name in ("at", "until")}


def movement_from_json(one: Json) -> Movement:
    moments = {name: datetime.fromisoformat(one[name]) for name in ("at", "until")}
    return Movement(**(one | moments))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
