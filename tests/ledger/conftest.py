"""After each test of the ledger: does everything that it left have the names it has for ever?"""

import json
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import KIND_OF_CODE
from tests.ledger.catalogue import ACTS, APPROVAL, APPROVALS, JOURNALS, TOLD

ACTS_LEFT = text("SELECT action, subject, facts, why FROM ledger_control_audit")
TOLD_LEFT = text("SELECT kind, key, party, facts FROM ledger_payouts_told")
MOVED = text(
    "SELECT DISTINCT j.scope, j.kind, a.kind AS account"
    " FROM ledger_journal j JOIN ledger_entry e ON e.journal_id = j.id"
    " JOIN ledger_account a ON a.id = e.account_id"
)
# Words that tests made up for rows of their own.
OWN_SCOPES = {"raw", "ruling", "test"}
OWN_KINDS = {"line"}
OWN_ACTS = ("tests/ledger/control/test_verbs.py", "tests/ledger/control/test_sealed_trail.py")


@pytest.fixture
async def db(db: AsyncConnection, request: pytest.FixtureRequest) -> AsyncIterator[AsyncConnection]:
    """The connection of tests/conftest.py, looked through when the test has ended."""
    yield db
    try:
        faults = [*await strange_news(db), *await strange_journals(db)]
        if not request.node.nodeid.startswith(OWN_ACTS):
            faults += await strange_acts(db)
    except DBAPIError:
        return  # the test ended with a transaction that PostgreSQL has given up
    assert not faults, f"unknown to tests/ledger/catalogue.py: {faults}"


async def strange_acts(db: AsyncConnection) -> list[str]:
    return [
        f"act {row.action} on {row.subject}: {row.facts}, {row.why}"
        for row in await db.execute(ACTS_LEFT)
        if not known_act(row.action, row.subject, json.loads(row.facts)) or row.why == "None"
    ]


def known_act(action: str, subject: str, facts: dict[str, object]) -> bool:
    about, _, id = subject.partition(":")
    if id in {"", "None"} or None in facts.values():
        return False
    if action in {"approval.declined", "approval.granted", "approval.proposed"}:
        more = APPROVALS.get(str(facts.get("of")).partition(":")[0], APPROVALS.get(about))
        return more is not None and set(facts) == set(f"{APPROVAL} {more}".split())
    if action == "dispute.collected":
        return about == "dispute" and set(facts) <= {
            "prepaid",
            "earnings",
            "reserve",
            "dispute_cost",
        }
    subjects, names = ACTS.get(action, ("", ""))
    return about in subjects.split() and set(facts) == set(names.split())


async def strange_news(db: AsyncConnection) -> Iterator[str]:
    rows = list(await db.execute(TOLD_LEFT))
    return (
        f"told {row.kind} {row.key}: {row.facts}"
        for row in rows
        if set(json.loads(row.facts)) != set(TOLD.get(row.kind, "?").split())
        or None in json.loads(row.facts).values()
        or "None" in row.key
    )


async def strange_journals(db: AsyncConnection) -> list[str]:
    faults = []
    for row in await db.execute(MOVED):
        if row.scope in OWN_SCOPES or row.kind in OWN_KINDS:
            continue
        account = KIND_OF_CODE[row.account].name.lower()
        if account not in JOURNALS.get(f"{row.scope} {row.kind}", "").split():
            faults.append(f"journal {row.scope} {row.kind}: {account}")
    return faults
