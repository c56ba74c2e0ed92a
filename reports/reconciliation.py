"""A reconciliation act as a frozen value: what stood between the platform and a partner. Pure.

Every account that the platform keeps for the partner is a part of it, with the ledger's own
balances; the act is their sum. Credit is what the platform owes, so a closing sum above zero is a
debt to the partner. Money is minor units of one currency.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from reports.account_part import AccountPart, added_up, part_from_json, part_json
from reports.canonical import Json, canonical, digest
from reports.headings import Heading, heading_from_json, heading_to_json
from reports.issuer import Issuer
from reports.period import Customer, Scope, scope_from_json, scope_to_json
from reports.statement import Movement, StatementTotals

RECONCILIATION_FORMAT = "minuta-reconciliation/1"
RECONCILIATION_FILE = "reconciliation.json"
RECONCILIATION_TEMPLATE = 1
RECONCILIATION = "reconciliation"
#: The role of its scope: whatever the party is to the platform.
PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """`acts`: (session, number of its act), for rows about sessions whose act was issued."""

    heading: Heading
    issuer: Issuer
    scope: Scope
    customer: Customer
    parts: tuple[AccountPart, ...]
    acts: tuple[tuple[str, str], ...]
    totals: StatementTotals


@dataclass(frozen=True, slots=True)
class Posting:
    """A row: a movement of one account and what all accounts together held after it."""

    account: str
    movement: Movement
    balance: int


def reconciliation_of(
    heading: Heading,
    issuer: Issuer,
    scope: Scope,
    customer: Customer,
    parts: tuple[AccountPart, ...],
    acts: tuple[tuple[str, str], ...] = (),
) -> Reconciliation:
    """The act. The parts were checked when they were made."""
    return Reconciliation(heading, issuer, scope, customer, parts, acts, added_up(parts))


def postings(act: Reconciliation) -> Iterator[Posting]:
    """The movements of all accounts in the order of time; of one moment, in the order of parts."""
    moved = [
        (one.at, place, n, part.account, one)
        for place, part in enumerate(act.parts)
        for n, one in enumerate(part.movements)
    ]
    balance = act.totals.opening
    for *_, account, one in sorted(moved, key=lambda row: row[:3]):
        balance += one.minor
        yield Posting(account, one, balance)


def agreed(act: Reconciliation) -> str:
    """What decides whether a new revision is due: not its number and time, nor later acts."""
    head = [act.scope.key, act.issuer.to_json(), asdict(act.customer)]
    return digest([*head, [part_json(one) for one in act.parts]])


def reconciliation_json(act: Reconciliation) -> bytes:
    """The attachment: canonical bytes of everything that the pages are made from."""
    return canonical(
        {
            "format": RECONCILIATION_FORMAT,
            "template": RECONCILIATION_TEMPLATE,
            "issuer": act.issuer.to_json(),
            "document": heading_to_json(act.heading),
            "scope": scope_to_json(act.scope),
            "customer": asdict(act.customer),
            "parts": [part_json(one) for one in act.parts],
            "acts": [list(one) for one in act.acts],
            "totals": asdict(act.totals),
        }
    )


def reconciliation_from_json(body: Json) -> Reconciliation:
    """The act back. Raises: KeyError, TypeError, ValueError, PaperError."""
    return reconciliation_of(
        heading_from_json(body["document"]),
        Issuer.from_json(body["issuer"]),
        scope_from_json(body["scope"]),
        Customer(**body["customer"]),
        tuple(part_from_json(one) for one in body["parts"]),
        tuple((session, number) for session, number in body["acts"]),
    )
