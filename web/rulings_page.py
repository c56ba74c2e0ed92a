"""Gathers what a curator sees of contested sessions. Only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import reports
from broker import parties, sessions
from broker.parties import Party
from broker.sessions import Fact, Session, State
from ledger import Money, control
from ledger.control import Approval, ApprovalState
from web.arbitration import ACTION, preview_of, subject_of
from web.control_page import currencies_of
from web.control_page import names_of as officers_of
from web.gather import reading_of
from web.keys import CLOCK
from web.quarrels import view_of
from web.rulings import (
    Asked,
    asked_of,
    change_of,
    next_ruling,
    percent_of,
    rulings_in,
    sums_now,
    usual,
    usual_unresolved,
)
from web.session_page import mutual_of, names_of, paper_of, strip_of, ways_of
from web.settings import new_token
from web.shapes import NO_ERRORS, Errors, Paper
from web.shapes_rulings import Case, CasePage, CaseRow, Cases, Proposed, RulingForm, Saying

ROWS_ON_PAGE = 20
WHICH = ("asked", "unresolved", "ruled")
NUMBER_CHARS_MAX = 30
FORM = ("platform", "host", "cap", "kind", "amount", "why")
OPEN = (ApprovalState.WAITING, ApprovalState.GRANTED)


async def cases_of(
    db: AsyncConnection,
    request: web.Request,
    party: Party,
    typed: Mapping[str, str] = NO_ERRORS,
    errors: Errors = NO_ERRORS,
) -> Cases:
    """The list that the address asks for: which, number, after."""
    query, at = request.query, request.app[CLOCK]()
    which = query.get("which", "")
    which = which if which in WHICH else WHICH[0]
    number = query.get("number", "").strip().upper()[:NUMBER_CHARS_MAX]
    if number:
        found = await _one(db, number)
    elif which == "asked":
        asked = await sessions.open_disputes(db, query.get("after", ""), ROWS_ON_PAGE)
        found = [await sessions.session(db, one.session) for one in asked]
    else:
        found = await sessions.contested(db, which, query.get("after", ""), ROWS_ON_PAGE)
    full = len(found) == ROWS_ON_PAGE and not number
    return Cases(
        rows=tuple([await _row(db, one, at) for one in found]),
        which=which,
        curator="curator" in party.roles,
        budgets=await _budgets(db),
        key=new_token(),
        next=f"/rulings?which={which}&after={found[-1].number}" if full else "",
        number=number,
        typed=typed,
        errors=errors,
    )


async def _one(db: AsyncConnection, number: str) -> list[Session]:
    try:
        return [await sessions.session(db, number)]
    except sessions.errors.SessionUnknown:
        return []


async def _row(db: AsyncConnection, session: Session, at: datetime) -> CaseRow:
    currency, since = session.tariff.currency, session.settled_at or session.created_at
    waits = session.outcome == "unresolved"
    facts = await sessions.journal.facts(db, session.number)
    ruled = rulings_in(facts, currency)
    window = timedelta(seconds=session.tariff.dispute_window_s)
    asked = await _approval(db, session, facts, at) if waits else None
    dispute = await sessions.dispute_of(db, session.number) if waits else None
    if dispute is not None:
        since, window = dispute.opened_at, dispute.answer_until - dispute.opened_at
    return CaseRow(
        number=session.number,
        at=ruled[0].at if ruled else since,
        topic=session.topic,
        host=(await parties.party(db, session.host)).name,
        client=session.client_name or "",
        charged=Money(sums_now(session).total_minor, currency),
        refunded=Money(sums_now(session).refunded_minor, currency),
        late=waits and at >= since + window,
        asked=asked is not None,
        dispute=view_of(dispute, "", at) if dispute else None,
    )


async def _budgets(db: AsyncConnection) -> tuple[Money, ...]:
    """What there is for bonuses, in each currency in use."""
    used = await currencies_of(db)
    return tuple([(await ledger.balance(db, ledger.budget(one))).available for one in used])


async def _approval(
    db: AsyncConnection, session: Session, facts: Sequence[Fact], at: datetime
) -> Approval | None:
    """The ruling that was proposed and is still to be made."""
    subject = subject_of(session.number, next_ruling(facts))
    found = await control.approval_of(db, ACTION, subject, at)
    return found if found and found.state in OPEN else None


async def case_of(
    db: AsyncConnection,
    request: web.Request,
    party: Party,
    number: str,
    typed: Mapping[str, str] | None = None,
    asked: Asked | None = None,
    errors: Errors = NO_ERRORS,
) -> CasePage:
    """A session as arbitration sees it, and what `asked`, or else the usual shares, would do.

    Raises: SessionUnknown, RulingRefused.
    """
    session, at = await sessions.session(db, number), request.app[CLOCK]()
    facts = await sessions.journal.facts(db, number)
    case = await _case(db, session, facts, at)
    approval, currency = await _approval(db, session, facts, at), session.tariff.currency
    if approval:
        asked = asked_of(approval.facts, currency)
    elif not typed and asked is None:
        asked = _usual(session)
    own, may = party.id in (session.host, session.client), may_rule(session, case.cost)
    return CasePage(
        case=case,
        budget=(await ledger.balance(db, ledger.budget(currency))).available,
        may=may and not own and "curator" in party.roles,
        own=own,
        form=_form(typed or {}, asked, next_ruling(facts)),
        preview=await preview_of(db, session, asked) if may and asked else None,
        proposed=await _proposed(db, approval, party) if approval else None,
        errors=errors,
    )


async def _case(db: AsyncConnection, session: Session, facts: Sequence[Fact], at: datetime) -> Case:
    """What is known of the session, whoever looks."""
    clock_s, cost = await reading_of(db, session)
    minutes, billed = await strip_of(db, session)
    outcomes, unresolved = await sessions.said_by(db, session.client or "")
    return Case(
        number=session.number,
        topic=session.topic,
        state=session.state.value,
        outcome=session.outcome or "",
        host=(await parties.party(db, session.host)).name,
        client=session.client_name or "",
        rate=Money(session.tariff.minute_minor, session.tariff.currency),
        started_at=session.started_at,
        ended_at=session.ended_at,
        clock_s=clock_s,
        mutual_s=await mutual_of(db, session, at),
        billed_minutes=billed,
        cost=cost,
        minutes=minutes,
        ways=ways_of(session, cost),
        sayings=await _sayings(db, session, facts),
        papers=await _papers(db, session.number),
        rulings=rulings_in(facts, session.tariff.currency),
        unresolved=unresolved,
        outcomes=outcomes,
        appraised=await change_of(db, session),
    )


def may_rule(session: Session, cost: Money) -> bool:
    """Whether there is money of the client's to divide."""
    over = session.state in (State.ENDED, State.SETTLED)
    return over and session.payer == "client" and cost.minor > 0


def _usual(session: Session) -> Asked:
    """What a case begins with: as the client said, or as the last ruling left it."""
    unresolved = session.outcome == "unresolved"
    ours, theirs = usual_unresolved(session) if unresolved else usual(session)
    return Asked(ours, theirs, None, Money(0, session.tariff.currency))


def _form(typed: Mapping[str, str], asked: Asked | None, ruling: str) -> RulingForm:
    form = RulingForm(
        platform=percent_of(asked.platform_bp) if asked else "",
        host=percent_of(asked.host_bp) if asked else "",
        ruling=ruling,
    )
    return replace(form, **{name: typed[name].strip() for name in FORM if name in typed})


async def _proposed(db: AsyncConnection, found: Approval, party: Party) -> Proposed:
    names = await officers_of(db, {found.proposed_by})
    return Proposed(
        id=found.id,
        by=names.get(found.proposed_by, ""),
        at=found.proposed_at,
        expires_at=found.expires_at,
        why=found.why,
        mine=party.id == found.proposed_by,
        granted=found.granted,
    )


async def _sayings(
    db: AsyncConnection, session: Session, facts: Sequence[Fact]
) -> tuple[Saying, ...]:
    """What each side said, in the talk and after it, in order."""
    found = [
        Saying(line.role, "chat", line.at, line.text)
        for line in await sessions.messages(db, session.number)
    ]
    for fact in facts:
        body = fact.body
        if fact.kind == "result":
            text = "\n".join(one for one in (body["result"], body.get("comment", "")) if one)
            found.append(Saying("host", "result", fact.at, text))
        elif fact.kind == "outcome" and body.get("by") == "client":
            said = str(body["outcome"])
            found.append(Saying("client", "outcome", fact.at, str(body["comment"]), said))
        elif fact.kind in ("dispute", "dispute_answer"):
            found.append(Saying(str(body["by"]), fact.kind, fact.at, str(body["comment"])))
        elif fact.kind == "review":
            scores = (body["quality"], body["punctuality"], body["courtesy"])
            text = str(body.get("comment", ""))
            found.append(Saying(str(body["by"]), "review", fact.at, text, scores=scores))
    return tuple(sorted(found, key=lambda one: one.at))


async def _papers(db: AsyncConnection, number: str) -> tuple[Paper, ...]:
    found = await reports.documents(db, reports.Filter(session=number))
    names = await names_of(db, found)
    return tuple(paper_of(one, names) for one in found)
