"""Lines that nobody could be named for: one person proposes, a second one confirms.

The money is on the books already (SUSPENSE for what came in, transit for what went out); a decision
moves it to where it belongs, once, under the line's own key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.bank import bookings, store
from ledger.bank import store_invoices as rows
from ledger.bank.errors import LineDecided, LineUnknown, ProposalFaulty, ProposalUnknown
from ledger.bank.invoices import Invoice, InvoiceState, numbers_in, received, returned
from ledger.bank.matching import Rule
from ledger.bank.store import BookedLine
from ledger.bank.store_invoices import Proposal
from ledger.bank.verbs import require_officer
from ledger.control import Actor, Approval, ApprovalState, approval_of, approve, decline, propose
from ledger.money import Money
from ledger.verbs import post_many

KINDS = ("wallet", "fee", "own")
WAITING = ("waiting", "proposed")
LISTED_MAX = 200
ACTION = "bank.match"  # has no limit of its own, so it always takes two persons


@dataclass(frozen=True, slots=True)
class Question:
    """A line that waits, with what is proposed for it and how the approval stands, if any.

    `candidates`: invoices that its text names, or unpaid ones of its payer.
    """

    booked: BookedLine
    proposal: Proposal | None = None
    approval: Approval | None = None
    candidates: tuple[Invoice, ...] = ()

    @property
    def proposed(self) -> bool:
        """Somebody has proposed, and a second person is waited for (or has agreed elsewhere)."""
        open_states = (ApprovalState.WAITING, ApprovalState.GRANTED)
        return self.approval is not None and self.approval.state in open_states


async def questions(db: AsyncConnection, at: datetime) -> list[Question]:
    """Oldest first."""
    found = await store.lines_in(db, WAITING, LISTED_MAX)
    proposals: Mapping[str, Proposal] = await rows.proposals_for(db, [one.id for one in found])
    numbers = {number for one in found for number in numbers_in(one.line.purpose)}
    inns = {one.line.other.inn for one in found if one.line.other.inn}
    invoices = await rows.invoices_for(db, numbers, inns, lock=False)
    return [
        Question(
            one,
            proposals.get(one.id),
            await approval_of(db, ACTION, subject(one.id), at),
            _candidates(one, invoices),
        )
        for one in found
    ]


def _candidates(one: BookedLine, invoices: Mapping[str, Invoice]) -> tuple[Invoice, ...]:
    named = numbers_in(one.line.purpose)
    unpaid = (InvoiceState.OPEN, InvoiceState.PARTLY_PAID, InvoiceState.EXPIRED)
    fitting = [
        invoice
        for invoice in invoices.values()
        if invoice.number in named
        or (
            (invoice.payer.inn and invoice.payer.inn == one.line.other.inn)
            and invoice.state in unpaid
        )
    ]
    return tuple(sorted(fitting, key=lambda it: (it.number not in named, it.number)))


def subject(line: str) -> str:
    return f"bank:{line}"


async def propose_line(
    db: AsyncConnection,
    line: str,
    kind: str,
    party: str,
    invoice: str,
    actor: Actor,
    why: str,
    at: datetime,
) -> Approval:
    """Say what a line is: money of a party's wallet ("wallet", for an invoice if one is named), a
    fee of the bank ("fee"), or the platform's own funds ("own").

    Raises: LineUnknown, LineDecided, ProposalFaulty, RoleRefused.
    """
    require_officer(actor, "bank.propose")
    found = await _waiting(db, line)
    known = await approval_of(db, ACTION, subject(line), at)
    if known is not None and known.state in (ApprovalState.WAITING, ApprovalState.GRANTED):
        raise LineDecided(line, "proposed")
    whose = await _whose(db, found, kind, party, invoice)
    amount = Money(abs(found.line.minor))
    asked = await propose(db, ACTION, subject(line), amount, actor, why, at, party=whose)
    about = Proposal(line, kind, whose, invoice, asked.id, actor.party, why, at)
    await rows.save_proposal(db, about)
    await store.save_line(db, line, at, state="proposed")
    return asked


async def confirm_line(db: AsyncConnection, line: str, actor: Actor, at: datetime) -> BookedLine:
    """The second person agrees: the money goes where it was proposed.

    Raises: LineUnknown, LineDecided, ProposalUnknown, SamePerson, ApprovalEnded, RoleRefused;
    InsufficientFunds where a wallet is to give what it has not.
    """
    found = await _waiting(db, line)
    about = (await rows.proposals_for(db, [line])).get(line)
    if about is None:
        raise ProposalUnknown(line)
    known = await approval_of(db, ACTION, subject(line), at)
    if known is None or known.id != about.approval:
        raise ProposalUnknown(line)
    if not known.granted:
        await approve(db, known.id, actor, at)
    minor = found.line.minor
    source = (bookings.suspense if minor > 0 else bookings.transit)(found.account)
    draft = bookings.decided_draft(line, minor, source, _target(about), about.invoice)
    for result in await post_many(db, [draft], at):
        result.raise_for_status()
    await _pay_invoice(db, about.invoice, minor)
    changes = {"rule": Rule.BY_HAND.value, "invoice": about.invoice, "party": about.party}
    await store.save_line(db, line, at, state="decided", **changes)
    return await _line(db, line)


async def decline_line(
    db: AsyncConnection, line: str, actor: Actor, reason: str, at: datetime
) -> BookedLine:
    """The second person says no, and why: the line waits for another proposal."""
    await _waiting(db, line)
    about = (await rows.proposals_for(db, [line])).get(line)
    if about is None:
        raise ProposalUnknown(line)
    await decline(db, about.approval, actor, reason, at)
    await store.save_line(db, line, at, state="waiting")
    return await _line(db, line)


def _target(about: Proposal) -> Account:
    if about.kind == "wallet":
        return bookings.wallet(about.party)
    return bookings.fees() if about.kind == "fee" else bookings.own_funds()


async def _whose(
    db: AsyncConnection, found: BookedLine, kind: str, party: str, invoice: str
) -> str:
    """The party whose wallet it is, from the invoice when one is named."""
    if kind not in KINDS:
        raise ProposalFaulty("kind", kind)
    if kind != "wallet":
        if kind == "fee" and found.line.minor > 0:
            raise ProposalFaulty("kind", "a fee that came in")
        if party or invoice:
            raise ProposalFaulty("party", "only a wallet has one")
        return ""
    if invoice:
        named = await rows.invoice_by_number(db, invoice)
        given_back = -found.line.minor  # of what came for the invoice
        if named is None or (party and party != named.party) or given_back > named.paid.minor:
            raise ProposalFaulty("invoice", invoice)
        return named.party
    if not party:
        raise ProposalFaulty("party", "whose wallet")
    return party


async def _pay_invoice(db: AsyncConnection, number: str, minor: int) -> None:
    found = await rows.invoice_by_number(db, number, lock=True) if number else None
    if found is None:
        return
    amount = Money(abs(minor), found.amount.currency)
    await rows.save_invoice(db, received(found, amount) if minor > 0 else returned(found, amount))


async def _waiting(db: AsyncConnection, line: str) -> BookedLine:
    found = await store.line_by_id(db, line, lock=True)
    if found is None:
        raise LineUnknown(line)
    if found.state not in WAITING:
        raise LineDecided(line, found.state)
    return found


async def _line(db: AsyncConnection, line: str) -> BookedLine:
    found = await store.line_by_id(db, line)
    if found is None:
        raise LineUnknown(line)
    return found
