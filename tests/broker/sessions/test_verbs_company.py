"""A colleague comes into a running session: told before, refused, counted once, paid as said."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import parties, sessions
from broker.parties import Party
from broker.sessions import CallState, Session, Sums, errors, journal
from ledger import AccountKind, Outcome
from relay import LegSecond, SecondWitnessed
from tests.broker.builders import (
    NOON,
    T0,
    after,
    balance_of,
    client_pays,
    go_live,
    host_pays,
    person,
)

LINK = "m4r1am4r1am4r1am4r1am4r1am4r"
OTHER_LINK = "0l3g0l3g0l3g0l3g0l3g0l3g0l3g0l"
MUTUAL = ("client", "host")
WITH_MARIA = ("client", "colleague-1")


async def running(db: AsyncConnection) -> tuple[Session, Party]:
    session, _, _ = await client_pays(db)
    return await go_live(db, session.number), await person(db, "Maria")


async def comes(db: AsyncConnection, session: Session, who: Party, share_bp: int = 0) -> str:
    """Called by the link, told, and in at the sixth second."""
    made = await sessions.call_in(
        db, session.number, "colleague", NOON, LINK, "call1", share_bp=share_bp
    )
    await sessions.company_told(db, session.number, NOON)
    await sessions.take_call(db, LINK, who, after(1))
    await sessions.company_enter(db, session.number, made.seat, after(6))
    return made.seat


async def watch(db: AsyncConnection, number: str, seconds: range, *pairs: tuple[str, str]) -> None:
    """The relay witnesses the pairs, and the meter counts what is billable, as the web wires it."""
    seen = [
        SecondWitnessed(number, T0 + s, (LegSecond("client", True),), tuple(sorted(pairs)))
        for s in seconds
    ]
    at = after(seconds.stop)
    counted = [one.second for one in seen if sessions.billable(one.pairs)]
    events = await metering.observe(db, number, counted, at) if counted else []
    await sessions.record_events(db, [*seen, *events], at)


async def test_the_client_is_told_before_anybody_enters(db: AsyncConnection) -> None:
    session, maria = await running(db)
    number = session.number
    made = await sessions.call_in(db, number, "colleague", NOON, LINK, "call1")
    assert (made.seat, made.state, made.told_at) == ("colleague-1", CallState.CALLED, None)
    taken = await sessions.take_call(db, LINK, maria, after(1))
    assert await sessions.take_call(db, LINK, maria, after(2)) == taken
    with pytest.raises(errors.NotToldYet):
        await sessions.company_enter(db, number, made.seat, after(60))
    assert [one.seat for one in await sessions.company_told(db, number, after(61))] == [made.seat]
    assert await sessions.company_told(db, number, after(62)) == []
    await sessions.agree(db, number, made.seat, after(62))
    found = await sessions.company_enter(db, number, made.seat, after(62))
    assert (found.state, found.name) == (CallState.IN, "Maria")
    assert await sessions.company_enter(db, number, made.seat, after(63)) == found
    assert await sessions.seat_of(db, session, maria.id) == "colleague-1"
    await sessions.company_leave(db, number, made.seat, after(70))
    await sessions.company_leave(db, number, made.seat, after(71))
    facts = await journal.facts(db, number)
    journal.verify_chain(facts)
    told = [(f.kind, f.body["seat"]) for f in facts if f.kind.startswith("colleague_")]
    assert [kind for kind, _ in told] == [
        f"colleague_{what}" for what in ("called", "told", "agreed", "entered", "left")
    ]


async def test_the_client_refuses_and_the_link_opens_nothing(db: AsyncConnection) -> None:
    session, maria = await running(db)
    seat = await comes(db, session, maria)
    gone = await sessions.turn_away(db, session.number, seat, "client", after(9))
    assert gone.state is CallState.REFUSED
    with pytest.raises(errors.CallOver):
        await sessions.company_enter(db, session.number, seat, after(10))
    with pytest.raises(errors.CallOver):
        await sessions.take_call(db, LINK, maria, after(10))
    with pytest.raises(errors.CallOver):
        await sessions.turn_away(db, session.number, seat, "host", after(10))
    with pytest.raises(errors.NotYours):
        await sessions.seat_of(db, session, maria.id)


async def test_who_may_not_be_called(db: AsyncConnection) -> None:
    session, maria = await running(db)
    number = session.number
    stranger = await parties.register(
        db, "Ольга", "o@example.org", frozenset({"client"}), "ru", NOON
    )
    for email in ("nobody@example.org", "o@example.org"):
        with pytest.raises(errors.CallUnknown):
            await sessions.call_in(db, number, "colleague", NOON, LINK, "c", email=email)
    with pytest.raises(errors.BadSession):
        await sessions.call_in(db, number, "colleague", NOON, LINK, "c", email="no address")
    with pytest.raises(errors.NotYours):
        await sessions.call_in(db, number, "colleague", NOON, LINK, "c", email="ivan@example.org")
    made = await sessions.call_in(
        db, number, "colleague", NOON, LINK, "c", email="maria@example.org"
    )
    assert (made.party, made.name) == (maria.id, "Maria")
    with pytest.raises(errors.NotYours):
        await sessions.take_call(db, LINK, stranger, NOON)
    with pytest.raises(errors.NotYours):
        await sessions.take_call(db, LINK, await person(db, "Oleg"), NOON)
    with pytest.raises(errors.CallUnknown):
        await sessions.call_by_token(db, "forged")


async def test_before_it_runs_nobody_is_called_and_a_host_who_pays_shares_nothing(
    db: AsyncConnection,
) -> None:
    session, _ = await host_pays(db)
    with pytest.raises(errors.WrongState):
        await sessions.call_in(db, session.number, "colleague", NOON, LINK, "c")
    waiting = replace(session, state=sessions.State.LIVE)
    assert waiting.payer == "host"
    with pytest.raises(errors.BadSession):
        sessions.company.check_share([], "colleague", waiting.payer, 100)


async def test_a_curator_watches_and_is_listed(db: AsyncConnection) -> None:
    session, maria = await running(db)
    number = session.number
    curator = await parties.register(
        db, "Пётр", "p@example.org", frozenset({"curator"}), "ru", NOON
    )
    made = await sessions.call_in(db, number, "observer", NOON, LINK, "c", email="p@example.org")
    assert made.seat == "observer-1"
    with pytest.raises(errors.NotYours):
        await sessions.take_call(db, LINK, maria, NOON)
    await sessions.agree(db, number, made.seat, NOON)
    await sessions.company_enter(db, number, made.seat, NOON)
    assert await sessions.seat_of(db, session, curator.id) == "observer-1"
    with pytest.raises(errors.CompanyFull):
        await sessions.call_in(db, number, "observer", NOON, OTHER_LINK, "d")


async def test_a_restart_empties_the_seats(db: AsyncConnection) -> None:
    session, maria = await running(db)
    seat = await comes(db, session, maria)
    assert await sessions.everyone_left(db, after(20)) == 3
    (one,) = await sessions.company_of(db, session.number)
    assert (one.state, one.left_at) == (CallState.OUT, after(20))
    back = await sessions.company_enter(db, session.number, seat, after(21))
    assert back.entered_at == after(6)


async def test_one_second_is_counted_once_whoever_was_there(db: AsyncConnection) -> None:
    """
    seconds  0-60   Anna with Ivan
            60-120  Anna with Ivan and with Maria        one meter, one price
           120-150  Anna with Maria, Ivan is away        still counted
           150-170  Ivan with Maria, Anna is away        not counted
    150 seconds: 3 x 20.00 = 60.00
    """
    session, maria = await running(db)
    number = session.number
    await watch(db, number, range(60), MUTUAL)
    await comes(db, session, maria)
    await watch(db, number, range(60, 120), MUTUAL, WITH_MARIA, ("colleague-1", "host"))
    await watch(db, number, range(120, 150), WITH_MARIA)
    await watch(db, number, range(150, 170), ("colleague-1", "host"))
    ended = await sessions.hang_up(db, number, "client", "asked", after(170))
    assert ended.clock_s == 150
    presence = await journal.presence_of(db, number)
    assert presence.mutual_s == 150
    assert presence.pair_s("client", "host") == 120
    assert presence.pair_s("client", "colleague-1") == 90
    assert presence.pair_s("host", "colleague-1") == 80
    facts = await journal.facts(db, number)
    journal.verify_chain(facts)
    spans = {
        (f.body["one"], f.body["other"], f.body["from_s"] - T0, (f.body["to_s"] or T0) - T0)
        for f in facts
        if f.kind == "witnessed_pair"
    }
    (said,) = [dict(f.body) for f in facts if f.kind == "colleague_seen"]
    assert said == {
        "n": 1, "seat": "colleague-1", "part": "colleague", "name": "Maria",
        "with_client_s": 90, "with_host_s": 80,
    }  # fmt: skip
    assert ("client", "host", 0, 120) in spans
    assert ("client", "colleague-1", 60, 150) in spans


@pytest.mark.parametrize(
    ("outcome", "platform", "ivan", "maria_gets", "anna"),
    [(Outcome.RESOLVED, 600, 3780, 1620, 0), (Outcome.UNRESOLVED, 600, 420, 180, 4800)],
)
async def test_the_money_of_a_consilium(
    db: AsyncConnection,
    outcome: Outcome,
    platform: int,
    ivan: int,
    maria_gets: int,
    anna: int,
) -> None:
    """
    Anna pays 3 x 20.00                                 60.00
    Maria was called for 30 % of the consultants' part
    resolved:   platform 6.00, of 54.00 Maria 16.20, Ivan 37.80
    unresolved: platform 6.00, of  6.00 Maria  1.80, Ivan  4.20, back to Anna 48.00
    """
    session, maria = await running(db)
    number = session.number
    await comes(db, session, maria, share_bp=3000)
    await watch(db, number, range(150), MUTUAL, WITH_MARIA)
    await sessions.hang_up(db, number, "host", "asked", after(150))
    done = await sessions.decide(db, number, outcome, "Не вышло", after(160))
    assert done.sums == Sums(6000, platform, ivan + maria_gets, anna)
    assert await balance_of(db, AccountKind.EARNINGS, session.host) == ivan
    assert await balance_of(db, AccountKind.EARNINGS, maria.id) == maria_gets
    assert await balance_of(db, AccountKind.COMMISSION) == platform
    assert await balance_of(db, AccountKind.ESCROW, number) == 0
    assert await balance_of(db, AccountKind.PREPAID, session.client or "") == 94_000 + anna


async def test_a_ruling_divides_the_consultants_share_as_it_was_agreed(
    db: AsyncConnection,
) -> None:
    """Resolved 60.00: 6.00, 37.80, 16.20. Ruled, consultants 50 %: 21.00 and 9.00."""
    session, maria = await running(db)
    number = session.number
    await comes(db, session, maria, share_bp=3000)
    await watch(db, number, range(150), MUTUAL, WITH_MARIA)
    await sessions.hang_up(db, number, "host", "asked", after(150))
    await sessions.decide(db, number, Outcome.RESOLVED, "", after(160))
    ruled = await sessions.rule(db, number, "r1", 1000, 5000, "Половина", after(170))
    assert ruled.sums == Sums(6000, 600, 3000, 2400)
    assert await balance_of(db, AccountKind.EARNINGS, session.host) == 2100
    assert await balance_of(db, AccountKind.EARNINGS, maria.id) == 900


async def test_whoever_was_called_and_never_came_gets_nothing(db: AsyncConnection) -> None:
    session, maria = await running(db)
    await sessions.call_in(db, session.number, "colleague", NOON, LINK, "c", share_bp=3000)
    await watch(db, session.number, range(150), MUTUAL)
    await sessions.hang_up(db, session.number, "host", "asked", after(150))
    done = await sessions.decide(db, session.number, Outcome.RESOLVED, "", after(160))
    assert done.sums == Sums(6000, 600, 5400, 0)
    assert await balance_of(db, AccountKind.EARNINGS, session.host) == 5400
    assert await balance_of(db, AccountKind.EARNINGS, maria.id) == 0


async def test_a_refused_call_earns_nothing_by_whoever_gets_its_seat(db: AsyncConnection) -> None:
    """Oleg was called for 80 % and refused before he came; Maria has his seat and 30 %."""
    session, maria = await running(db)
    number, oleg = session.number, await person(db, "Oleg")
    refused = await sessions.call_in(
        db, number, "colleague", NOON, OTHER_LINK, "c0", "oleg@example.org", share_bp=8000
    )
    await sessions.turn_away(db, number, refused.seat, "client", NOON)
    assert await comes(db, session, maria, share_bp=3000) == refused.seat
    await watch(db, number, range(150), MUTUAL, WITH_MARIA)
    await sessions.hang_up(db, number, "host", "asked", after(150))
    await sessions.decide(db, number, Outcome.RESOLVED, "", after(160))
    assert await balance_of(db, AccountKind.EARNINGS, oleg.id) == 0
    assert await balance_of(db, AccountKind.EARNINGS, maria.id) == 1620
    assert await balance_of(db, AccountKind.EARNINGS, session.host) == 3780


async def test_what_a_colleague_says_and_shows_is_kept(db: AsyncConnection) -> None:
    session, maria = await running(db)
    seat = await comes(db, session, maria)
    number = session.number
    await sessions.chat(db, number, seat, "m1", "Проверьте период", after(10))
    assert [line.role for line in await sessions.messages(db, number)] == [seat]
    await sessions.company_claim(db, number, seat, {"screen": "live", "mic": "live"}, after(11))
    await sessions.company_claim(db, number, seat, {"screen": "live"}, after(12))
    await sessions.company_claim(db, number, seat, {"screen": "ended"}, after(13))
    facts = [f for f in await journal.facts(db, number) if f.body.get("by") == seat]
    assert [f.kind for f in facts] == ["share_started", "mic", "share_ended"]
