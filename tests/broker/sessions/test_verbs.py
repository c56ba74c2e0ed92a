"""Making a session, invites good and bad, joining, coming and going; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import metering
from broker import sessions
from broker.parties import PartyUnknown
from broker.sessions import State, errors, journal
from ledger import AccountKind, control
from ledger.control import Actor
from tests.broker.builders import (
    NOON,
    TOKEN,
    after,
    balance_of,
    both_in,
    client_pays,
    go_live,
    guest,
    host_pays,
    person,
)

SECOND_TOKEN = "s3c0nds3c0nds3c0nds3c0nds3c"
THIRD_TOKEN = "th1rdth1rdth1rdth1rdth1rdth"


async def everything(db: AsyncConnection, number: str) -> tuple[object, ...]:
    """What must not move when something is refused."""
    return (
        await sessions.session(db, number),
        await sessions.invites_of(db, number),
        await journal.facts(db, number),
    )


async def test_a_session_has_a_number_an_invite_and_a_record(db: AsyncConnection) -> None:
    first, host = await host_pays(db)
    second, invite = await sessions.create(
        db, host.id, " Вторая  тема ", "client-pays", 2500, NOON, SECOND_TOKEN
    )
    year_sequence = [int(one.number.rsplit("-", 1)[1]) for one in (first, second)]
    assert first.number.startswith("S-2026-")
    assert year_sequence[1] == year_sequence[0] + 1
    assert (second.topic, second.state, second.payer) == ("Вторая тема", State.CREATED, "client")
    assert second.tariff.minute_minor == 2500
    assert (invite.uses, invite.uses_max, invite.expires_at) == (0, 3, NOON + timedelta(days=7))
    assert SECOND_TOKEN not in repr(invite)
    assert await sessions.session(db, second.number) == second
    facts = await journal.facts(db, second.number)
    assert [fact.kind for fact in facts] == ["created", "invited"]
    assert facts[0].body["rate_minor"] == 2500


async def test_a_session_takes_what_is_published_on_its_day(db: AsyncConnection) -> None:
    """20.00, the plan's, for the first; Ivan publishes 25.00 and only the second has it."""
    host = await person(db, "Ivan", 10_000)
    own, curator = Actor(host.id, "self"), Actor("petr", "curator")
    first, _ = await sessions.create(db, host.id, "До", "client-pays", None, NOON, TOKEN)
    await metering.publish_rate(db, host.id, 25_00, 1, own, NOON)
    second, _ = await sessions.create(
        db, host.id, "После", "client-pays", None, NOON, SECOND_TOKEN, cap_minor=500_00
    )
    dearer = replace(metering.host_pays_tariff(1_50), version=2)
    await metering.publish_plan(db, dearer, curator, "lines cost more", NOON)
    third, _ = await sessions.create(db, host.id, "Связь", "host-pays", None, NOON, THIRD_TOKEN)
    kept = [(await sessions.session(db, one.number)) for one in (first, second, third)]
    assert [one.tariff.minute_minor for one in kept] == [20_00, 25_00, 1_50]
    assert [(one.tariff.version, one.tariff.rate_version) for one in kept] == [
        (1, 0), (1, 1), (2, 0)]  # fmt: skip
    assert (kept[1].cap_minor, kept[2].rate_minor) == (500_00, 25_00)
    facts = await journal.facts(db, second.number)
    assert facts[0].body["tariff_sha256"] == sessions.tariff_sha256(kept[1].tariff)


async def test_a_plan_and_a_rate_that_passed_each_other_make_no_session(
    db: AsyncConnection,
) -> None:
    """Whole roubles since a moment ago, and a rate of 12.34 published in that moment."""
    host = await person(db, "Ivan", 10_000)
    whole = replace(
        metering.client_pays_tariff(),
        version=2,
        rounding=metering.Rounding(metering.Rule.EXACT, 100),
    )
    await metering.publish_plan(db, whole, Actor("petr", "curator"), "no kopecks", NOON)
    await db.exec_driver_sql(
        "INSERT INTO metering_tariffs"
        " (plan, owner, version, tariff, published_us, published_by, why)"
        f" SELECT plan, '{host.id}', 1, replace(replace(tariff, ':2000', ':1234'),"
        " '\"segments\"', '\"rate_version\":1,\"segments\"'), published_us, '', ''"
        " FROM metering_tariffs WHERE plan = 'client-pays' AND version = 1"
    )
    with pytest.raises(errors.BadSession) as refused:
        await sessions.create(db, host.id, "Тема", "client-pays", None, NOON, TOKEN)
    assert refused.value.field == "rate_minor"


async def test_what_cannot_be_created(db: AsyncConnection) -> None:
    host = await person(db, "Ivan", 10_000)
    anna = await guest(db, (await host_pays_of(db, host)))

    async def create(
        by: str = host.id, topic: str = "Тема", plan: str = "host-pays", rate: int = 2000,
        token: str = SECOND_TOKEN, cap: int | None = None,
    ) -> None:  # fmt: skip
        await sessions.create(db, by, topic, plan, rate, NOON, token, cap)

    for field, wrong in {
        "topic": create(topic=" "),
        "plan": create(plan="free"),
        "rate_minor": create(rate=0),
        "token": create(token="short"),
        "cap_minor": create(cap=0),
    }.items():
        with pytest.raises(errors.BadSession) as refused:
            await wrong
        assert refused.value.field == field
    with pytest.raises(PartyUnknown):
        await create(by="nobody")
    with pytest.raises(errors.NotYours):
        await create(by=anna.id)


async def host_pays_of(db: AsyncConnection, host: object) -> sessions.Session:
    made, _ = await sessions.create(db, host.id, "Тема", "host-pays", 2000, NOON, TOKEN)  # type: ignore[attr-defined]
    return made


async def test_a_host_without_money_for_a_minute_makes_no_session(db: AsyncConnection) -> None:
    with pytest.raises(ledger.InsufficientFunds) as refused:
        await host_pays(db, prepaid_minor=99)
    assert (refused.value.needed.minor, refused.value.available.minor) == (100, 99)


async def test_a_cap_is_frozen_into_the_tariff(db: AsyncConnection) -> None:
    host = await person(db, "Ivan", 10_000)
    capped, _ = await sessions.create(
        db, host.id, "Тема", "client-pays", 2000, NOON, TOKEN, cap_minor=50_000
    )
    assert (await sessions.session(db, capped.number)).cap_minor == 50_000


async def test_bad_invites_each_say_why_and_move_nothing(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    (invite,) = await sessions.invites_of(db, session.number)
    anna = await guest(db, session)
    before = await everything(db, session.number)

    async def refused(token: str, at_s: float, error: type[errors.InviteError]) -> None:
        with pytest.raises(error) as told:
            await sessions.invite_by_token(db, token, after(at_s))
        assert told.value.number == ("" if error is errors.InviteUnknown else session.number)
        with pytest.raises(error):
            await sessions.join(db, token, anna, after(at_s))

    await refused("forged" * 5, 0, errors.InviteUnknown)
    await refused("", 0, errors.InviteUnknown)
    await refused(TOKEN[:-1] + "z", 0, errors.InviteUnknown)
    await refused("\ud800\x00", 0, errors.InviteUnknown)
    await refused(TOKEN, 7 * 86_400, errors.InviteExpired)
    assert await everything(db, session.number) == before
    await sessions.revoke(db, invite.id, after(1))
    await refused(TOKEN, 2, errors.InviteRevoked)
    assert (await sessions.session(db, session.number)).client is None


async def test_a_used_up_invite_lets_nobody_else_in(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    for n in range(3):
        newcomer = await guest(db, session, f"Гость {n}")
        await sessions.join(db, TOKEN, newcomer, after(100 * n))
    fourth = await guest(db, session, "Четвёртый")
    before = await everything(db, session.number)
    with pytest.raises(errors.InviteUsedUp) as refused:
        await sessions.join(db, TOKEN, fourth, after(900))
    assert refused.value.uses_max == 3
    assert await everything(db, session.number) == before
    again = await sessions.join(db, TOKEN, newcomer, after(901))
    assert again.client == newcomer.id, "who is in may come back"


async def test_the_same_client_again_changes_nothing(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    anna = await guest(db, session)
    joined = await sessions.join(db, TOKEN, anna, after(5))
    assert (joined.client, joined.client_name, joined.joined_at) == (anna.id, "Анна", after(5))
    before = await everything(db, session.number)
    assert await sessions.join(db, TOKEN, anna, after(9)) == joined
    assert await everything(db, session.number) == before
    assert before[1][0].uses == 1  # type: ignore[index]


async def test_a_second_person_finds_the_place_taken(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    boris = await guest(db, session, "Борис")
    before = await everything(db, session.number)
    with pytest.raises(errors.PlaceTaken) as refused:
        await sessions.join(db, TOKEN, boris, after(30))
    assert refused.value.number == session.number
    assert await everything(db, session.number) == before


async def test_a_guest_on_a_new_device_takes_the_place_left_a_minute_ago(
    db: AsyncConnection,
) -> None:
    session, _ = await host_pays(db)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    await go_live(db, session.number)
    await sessions.leave(db, session.number, "client", after(10))
    again = await guest(db, session, "Анна с телефона")
    with pytest.raises(errors.PlaceTaken):
        await sessions.join(db, TOKEN, again, after(69))
    back = await sessions.join(db, TOKEN, again, after(70))
    assert (back.client, back.state, back.joined_at) == (again.id, State.LIVE, NOON)
    last = (await journal.facts(db, session.number))[-1]
    assert last.body == {"name": "Анна с телефона", "guest": True, "again": True}


async def test_strangers_do_not_join(db: AsyncConnection) -> None:
    _, host = await host_pays(db)
    other, _ = await sessions.create(db, host.id, "Другая", "host-pays", 2000, NOON, SECOND_TOKEN)
    for stranger in (host, await guest(db, other)):
        with pytest.raises(errors.NotYours):
            await sessions.join(db, TOKEN, stranger, NOON)


async def test_a_paying_client_is_registered_and_has_money(db: AsyncConnection) -> None:
    host = await person(db, "Ivan")
    session, _ = await sessions.create(db, host.id, "Тема", "client-pays", 2000, NOON, TOKEN)
    with pytest.raises(errors.AccountNeeded):
        await sessions.join(db, TOKEN, await guest(db, session), NOON)
    poor = await person(db, "Poor", 1999)
    before = await everything(db, session.number)
    with pytest.raises(ledger.InsufficientFunds):
        await sessions.join(db, TOKEN, poor, NOON)
    assert await everything(db, session.number) == before
    anna = await person(db, "Anna", 2000)
    assert (await sessions.join(db, TOKEN, anna, NOON)).client == anna.id
    assert await balance_of(db, AccountKind.PREPAID, anna.id) == 2000, "joining costs nothing"


async def test_payer_and_consultant_use_one_rail(db: AsyncConnection) -> None:
    """What a client paid by card is never paid out through a bank, nor the other way round."""
    host, anna = await person(db, "Ivan", 1000), await person(db, "Anna", 2000)
    await control.declare_residence(db, host.id, "RU", control.SYSTEM, NOON)
    await control.declare_residence(db, anna.id, "DE", control.SYSTEM, NOON)
    session, _ = await sessions.create(db, host.id, "Тема", "client-pays", 2000, NOON, TOKEN)
    before = await everything(db, session.number)
    with pytest.raises(control.RailsApart):
        await sessions.join(db, TOKEN, anna, NOON)
    assert await everything(db, session.number) == before
    await sessions.create(db, host.id, "Другая", "host-pays", 2000, NOON, SECOND_TOKEN)
    assert (await sessions.join(db, SECOND_TOKEN, anna, NOON)).client == anna.id, "no money between"


async def test_a_new_link_ends_the_old_one(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    fresh = await sessions.renew_invite(db, session.number, after(5), SECOND_TOKEN, "invite-2")
    assert fresh.id == "invite-2"
    with pytest.raises(errors.InviteRevoked) as refused:
        await sessions.invite_by_token(db, TOKEN, after(6))
    assert refused.value.revoked_at == after(5)
    assert await sessions.invite_by_token(db, SECOND_TOKEN, after(6)) == (fresh, session)
    assert await sessions.invite(db, fresh.id) == fresh
    revoked = await sessions.revoke(db, fresh.id, after(7))
    assert await sessions.revoke(db, fresh.id, after(8)) == revoked
    with pytest.raises(errors.InviteUnknown):
        await sessions.revoke(db, "none", NOON)


async def test_coming_and_going(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    number = session.number
    with pytest.raises(errors.NotYours):
        await sessions.enter(db, number, "client", NOON)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    assert (await sessions.enter(db, number, "host", after(1))).state is State.WAITING
    assert (await sessions.enter(db, number, "client", after(2))).state is State.TOGETHER
    assert (await sessions.enter(db, number, "client", after(3))).state is State.TOGETHER
    assert (await sessions.leave(db, number, "host", after(4))).state is State.WAITING
    assert (await sessions.leave(db, number, "host", after(5))).state is State.WAITING
    told = [(f.kind, f.body["by"]) for f in await journal.facts(db, number) if "by" in f.body]
    assert told == [("entered", "host"), ("entered", "client"), ("left", "host")]


async def test_after_a_restart_nobody_is_online(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    await both_in(db, session.number)
    assert await sessions.everyone_left(db, after(60)) == 2
    found = await sessions.session(db, session.number)
    assert (found.state, found.host_online, found.client_online) == (State.WAITING, False, False)
    assert await sessions.everyone_left(db, after(61)) == 0


async def test_lists(db: AsyncConnection) -> None:
    first, host, client = await client_pays(db)
    second, _ = await sessions.create(
        db, host.id, "Вторая", "client-pays", 2000, NOON, SECOND_TOKEN
    )
    of_host = await sessions.of_party(db, host.id)
    assert [one.number for one in of_host] == [second.number, first.number]
    assert [s.number for s in await sessions.of_party(db, host.id, 1)] == [second.number]
    assert [one.number for one in await sessions.of_party(db, client.id)] == [first.number]
    assert await sessions.live(db) == []
    numbers = [second.number, first.number, "S-2026-999999"]
    assert await sessions.begun(db, numbers) == []
    started = await go_live(db, first.number)
    assert await sessions.begun(db, numbers) == [first.number]
    assert await sessions.live(db) == [started]


async def test_unknown_numbers(db: AsyncConnection) -> None:
    for wrong in (
        sessions.session(db, "S-2026-999999"),
        sessions.enter(db, "S-2026-999999", "host", NOON),
        sessions.hang_up(db, "S-2026-999999", "host", "asked", NOON),
        sessions.chat(db, "S-2026-999999", "host", "1", "Привет", NOON),
    ):
        with pytest.raises(errors.SessionUnknown):
            await wrong
