"""Issuing from a real session: broker, metering and ledger write, paper reads."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from broker import sessions
from ledger import Money, Outcome
from reports import (
    DocumentUnknown,
    Filter,
    Issued,
    NotEnded,
    NothingToAct,
    Sealer,
    SessionUnknown,
    document,
    document_by_sha256,
    documents,
    issue_act,
    issue_protocol,
    log_verbs,
    verify_file,
)
from reports.canonical import parse
from reports.inclusion import session_entry
from reports.numbering import next_number
from reports.seal import attachment_of
from tests.scenarios.stage import Stage


async def played(db: AsyncConnection, plan: str, seconds: int = 170) -> Stage:
    """A session from the first top-up to hanging up, with a pause in the middle."""
    stage = Stage(db)
    await stage.prepare()
    await stage.tops_up("host", Money(100_00))
    await stage.tops_up("client", Money(1000_00))
    await stage.opens(plan, Money(20_00), "Не сходится <b>НДФЛ</b> & баланс")
    await stage.joins(as_guest=False)
    if seconds:
        await stage.starts("host")
        await stage.starts("client")
        await stage.seen([stage.number], 90)
        await stage.pauses("client")
        stage.now += timedelta(seconds=40)
        await stage.resumes("client")
        await stage.seen([stage.number], seconds - 90)
    await stage.ends("host")
    return stage


async def test_a_session_that_never_began(db: AsyncConnection, sealer: Sealer) -> None:
    """Cancelled: it was not ended, and its chain is whole all the same."""
    stage = await played(db, "host-pays", 0)
    protocol = await issue_protocol(db, stage.number, stage.now, sealer)
    verdict = verify_file((await document(db, protocol.number)).pdf, sealer.trust_pem, stage.now)
    assert verdict.code == 0, verdict.faults


async def test_host_pays(db: AsyncConnection, sealer: Sealer) -> None:
    """Three minutes: 3.00 for the connection, 60.00 for the consultant's own invoice."""
    stage = await played(db, "host-pays")
    protocol = await issue_protocol(db, stage.number, stage.now, sealer)
    act = await issue_act(db, stage.number, stage.now, sealer)
    assert (protocol.name, act.name) == ("P-2026-000001-r1", "A-2026-000001-r1")
    assert (protocol.minutes, protocol.total_minor, act.total_minor) == (3, 3_00, 3_00)
    host, client = stage.people["host"].id, stage.people["client"].id
    assert (act.buyer, act.is_for(host), act.is_for(client)) == (host, True, False)
    assert (protocol.party_names, act.party_names) == (("Host", "Client"), ("Host",))
    head = (await log_verbs.leaf_at(db, 0)).entry  # the session was settled when it ended
    for place, one in enumerate((protocol, act), 1):
        paper = await document(db, one.number)
        verdict = verify_file(paper.pdf, sealer.trust_pem, stage.now)
        assert verdict.code == 0, verdict.faults
        assert verdict.findings[-1].en.startswith(
            f"leaf {place} under the checkpoint of {place + 1}"
        )
        assert (await log_verbs.leaf_at(db, place)).subject == one.name
        assert verdict.sha256 == one.sha256
        assert verdict.totals["owed"] == 60_00
    body = parse(attachment_of(paper.pdf)[0] or b"")
    assert head == session_entry(stage.number, body["facts"][-1]["hash"]).decode()
    assert [one[2:] for one in body["pauses"]] == [["client", "asked"]]
    assert sum(end - begin for begin, end in body["segments"]) == 170
    assert body["facts"][0]["kind"] == "created"


async def test_not_resolved_corrects_the_act(db: AsyncConnection, sealer: Sealer) -> None:
    """60.00 at first; after "not resolved" 12.00 are kept and 48.00 are back."""
    stage = await played(db, "client-pays")
    first = await issue_act(db, stage.number, stage.now, sealer)
    kept = (await document(db, first.number)).pdf
    stage.now += timedelta(minutes=5)
    await stage.says(Outcome.UNRESOLVED, "Отчёт не сошёлся")
    second = await issue_act(db, stage.number, stage.now, sealer)
    assert (first.total_minor, second.total_minor) == (60_00, 12_00)
    assert (second.name, second.number) == ("A-2026-000001-r2", first.number)
    newest, oldest = await document(db, first.number), await document(db, first.name)
    assert newest.issued.name == second.name
    assert (oldest.pdf, oldest.issued.superseded) == (kept, True)
    body = parse(attachment_of(newest.pdf)[0] or b"")
    assert body["document"]["replaces"]["sha256"] == first.sha256
    assert body["totals"]["refunded"] == 48_00
    assert verify_file(newest.pdf, sealer.trust_pem, stage.now).code == 0
    assert verify_file(oldest.pdf, sealer.trust_pem, stage.now).code == 0
    found = await document_by_sha256(db, first.sha256)
    assert found is not None
    assert found.superseded


async def both(stage: Stage, sealer: Sealer) -> list[Issued]:
    protocol = await issue_protocol(stage.db, stage.number, stage.now, sealer)
    return [protocol, await issue_act(stage.db, stage.number, stage.now, sealer)]


async def test_issuing_again_answers_the_same(db: AsyncConnection, sealer: Sealer) -> None:
    stage = await played(db, "client-pays")
    first = await both(stage, sealer)
    stage.now += timedelta(hours=1)
    assert await both(stage, sealer) == first
    await stage.says(Outcome.RESOLVED, "")
    protocol = await issue_protocol(db, stage.number, stage.now, sealer)
    act = await issue_act(db, stage.number, stage.now, sealer)
    assert (protocol.revision, act.revision) == (2, 1)


async def test_scores_stay_hidden_until_both_gave_them(db: AsyncConnection, sealer: Sealer) -> None:
    stage = await played(db, "host-pays")
    say = "Он меня не слышал"
    await sessions.review(db, stage.number, "client", 2, 2, 2, say, stage.now)
    one = await issue_protocol(db, stage.number, stage.now, sealer)
    pdf = (await document(db, one.name)).pdf
    raw = (attachment_of(pdf)[0] or b"").decode()
    assert say not in raw
    assert verify_file(pdf, sealer.trust_pem, stage.now).code == 0
    await sessions.review(db, stage.number, "host", 5, 5, 5, "", stage.now)
    two = await issue_protocol(db, stage.number, stage.now, sealer)
    assert two.revision == 2
    assert say in (attachment_of((await document(db, two.name)).pdf)[0] or b"").decode()


async def test_no_meter_no_act_but_a_protocol(db: AsyncConnection, sealer: Sealer) -> None:
    stage = await played(db, "host-pays", seconds=0)
    protocol = await issue_protocol(db, stage.number, stage.now, sealer)
    assert (protocol.minutes, protocol.total_minor) == (0, 0)
    with pytest.raises(NothingToAct):
        await issue_act(db, stage.number, stage.now, sealer)
    assert [one.kind for one in await documents(db)] == ["protocol"]


async def test_only_of_finished_sessions(db: AsyncConnection, sealer: Sealer) -> None:
    stage = Stage(db)
    await stage.prepare()
    await stage.tops_up("host", Money(100_00))
    await stage.opens("host-pays", Money(20_00), "тема")
    with pytest.raises(NotEnded):
        await issue_protocol(db, stage.number, stage.now, sealer)
    with pytest.raises(SessionUnknown):
        await issue_protocol(db, "S-2026-999999", stage.now, sealer)
    for name in ("P-2026-000001", "P-2026-000001-r1", "' or 1=1", ""):
        with pytest.raises(DocumentUnknown):
            await document(db, name)


async def test_list(db: AsyncConnection, sealer: Sealer) -> None:
    stage = await played(db, "client-pays")
    host, client = stage.people["host"].id, stage.people["client"].id
    await issue_protocol(db, stage.number, stage.now, sealer)
    act = await issue_act(db, stage.number, stage.now, sealer)
    await stage.says(Outcome.UNRESOLVED, "нет")
    later = stage.now + timedelta(days=1)
    await issue_act(db, stage.number, later, sealer)

    async def names(**wanted: object) -> list[str]:
        return [one.name for one in await documents(db, Filter(**wanted))]  # type: ignore[arg-type]

    assert await names(party=client) == ["A-2026-000001-r2", "P-2026-000001-r1"]
    assert await names(party=host) == ["P-2026-000001-r1"]
    assert await names(party="nobody") == []
    assert await names(kind="act", superseded=True) == ["A-2026-000001-r2", "A-2026-000001-r1"]
    assert await names(since=later) == ["A-2026-000001-r2"]
    assert await names(until=later, superseded=True) == ["P-2026-000001-r1", act.name]
    assert await names(session=stage.number, limit=1) == ["A-2026-000001-r2"]


@pytest.mark.parametrize(
    "change", ["update reports_documents set minutes = 9", "delete from reports_documents"]
)
async def test_a_written_row_never_changes(
    db: AsyncConnection, sealer: Sealer, change: str
) -> None:
    stage = await played(db, "host-pays", seconds=0)
    await issue_protocol(db, stage.number, stage.now, sealer)
    with pytest.raises(DBAPIError, match="never changes"):
        async with db.begin_nested():
            await db.execute(text(change))


async def test_numbers_have_no_gaps_under_concurrency(fresh_engine: AsyncEngine) -> None:
    """Twelve issue at once and every third one fails: the numbers of the rest are 1 to 8."""

    async def one(i: int) -> str | None:
        async with fresh_engine.connect() as db:
            transaction = await db.begin()
            number = await next_number(db, "act", 2026)
            await asyncio.sleep(0)
            if i % 3 == 0:
                await transaction.rollback()
                return None
            await transaction.commit()
            return number

    given = await asyncio.gather(*(one(i) for i in range(12)))
    assert sorted(n for n in given if n) == [f"A-2026-{n:06d}" for n in range(1, 9)]
    async with fresh_engine.begin() as db:
        assert await next_number(db, "act", 2027) == "A-2027-000001"
        assert await next_number(db, "protocol", 2026) == "P-2026-000001"


async def test_two_issue_the_same_paper_at_once(fresh_engine: AsyncEngine, sealer: Sealer) -> None:
    async with fresh_engine.begin() as db:
        stage = await played(db, "host-pays")

    async def issue() -> str:
        async with fresh_engine.begin() as db:
            return (await issue_protocol(db, stage.number, stage.now, sealer)).sha256

    assert len({*await asyncio.gather(issue(), issue(), issue())}) == 1
    async with fresh_engine.begin() as db:
        assert len(await documents(db, Filter(superseded=True))) == 1
