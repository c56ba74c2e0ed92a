"""What the card's bank is shown about a disputed payment: the record of the sessions it paid for.

Plain English sentences, times in UTC; everything is read from the record that both sides signed
minute by minute. No names, addresses or words of the talk leave us.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import Session
from ledger import Money
from ledger.cards import Dispute, Evidence
from reports import Filter, documents
from web.words import money_text

SPANS_MAX = 200
SESSIONS_MAX = 20


async def gather(db: AsyncConnection, dispute: Dispute, spent: Mapping[str, Money]) -> Evidence:
    """`spent`: a session's number → how much of the disputed money it cost."""
    found = []
    for number in sorted(spent)[:SESSIONS_MAX]:
        try:
            found.append(await sessions.session(db, number))
        except sessions.errors.SessionUnknown:
            continue
    if not found:
        return Evidence(service=_unspent(dispute), activity="", consent="", documents="")
    began = [session.started_at for session in found if session.started_at]
    return Evidence(
        service="\n".join(_service(session, spent[session.number]) for session in found),
        activity="\n".join([await _activity(db, session) for session in found]),
        consent="\n".join([await _consent(db, session) for session in found]),
        documents="\n".join([await _documents(db, session) for session in found]),
        service_on=min(began).date().isoformat() if began else "",
    )


def _unspent(dispute: Dispute) -> str:
    amount = money_text(dispute.amount, "en")
    return f"Prepaid balance of {amount} for remote consulting, charged by the minute. Not used."


def _service(session: Session, cost: Money) -> str:
    minutes = -(-(session.clock_s or 0) // 60)
    return (
        f"{session.number}: live remote consulting with screen sharing and voice, charged by the"
        f" minute from a prepaid balance. {_span(session)}. {minutes} minutes on the meter,"
        f" {money_text(cost, 'en')} of this payment. Outcome: {session.outcome or 'not disputed'}."
    )


def _span(session: Session) -> str:
    began = _at(session.started_at) if session.started_at else "never"
    ended = _at(session.ended_at) if session.ended_at else "not yet"
    return f"Began {began}, ended {ended}"


async def _activity(db: AsyncConnection, session: Session) -> str:
    """When the relay carried media of both sides at once, in seconds of the session."""
    seen = await sessions.journal.presence_of(db, session.number)
    spans = [f"{span.from_s}-{span.to_s}" for span in seen.mutual[:SPANS_MAX]]
    told = ", ".join(spans) or "none"
    return (
        f"{session.number}: seconds (UNIX time) in which our relay carried media of both sides:"
        f" {told}. Client joined {_at(session.joined_at) if session.joined_at else 'never'}."
    )


CONSENT = ("joined", "start_pressed")


async def _consent(db: AsyncConnection, session: Session) -> str:
    """What both agreed to before the meter ran, from the record's hash chain."""
    facts = await sessions.journal.facts(db, session.number)
    told = [
        f"{fact.kind} by {fact.body.get('by', 'client')} {_at(fact.at)} (record {fact.hash[:16]})"
        for fact in facts
        if fact.kind in CONSENT
    ]
    rate = Money(session.tariff.minute_minor, session.tariff.currency)
    return (
        f"{session.number}: the price of {money_text(rate, 'en')} a minute, rounding and payer were"
        f" shown to both sides before; the meter ran only after both had pressed start."
        f" {'; '.join(told)}."
    )


async def _documents(db: AsyncConnection, session: Session) -> str:
    issued = await documents(db, Filter(session=session.number))
    papers = [f"{one.name} sha256 {one.sha256}" for one in issued]
    return (
        f"{session.number}: signed documents issued to the client: {', '.join(papers) or 'none'}."
    )


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
