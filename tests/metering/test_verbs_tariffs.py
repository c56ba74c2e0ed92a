"""Versions of plans and rates: published once, kept for ever, taken by later sessions only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control import Actor, NothingSaid, audit_trail, check_trail
from metering import (
    BadTariff,
    Tariff,
    TariffConflict,
    UnknownPlan,
    check_tariffs,
    client_pays_tariff,
    current_plan,
    current_plans,
    current_rate,
    host_pays_tariff,
    look_at_plan,
    look_at_rate,
    next_version,
    publish_plan,
    publish_rate,
    tariff_for,
    tariff_versions,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
PETR = Actor("petr", "curator", "127.0.0.1")
IVAN = Actor("ivan", "self", "127.0.0.1")


def dearer(version: int = 2) -> Tariff:
    return replace(host_pays_tariff(1_50), version=version)


async def test_the_first_versions_are_the_prices_agreed_at_the_start(db: AsyncConnection) -> None:
    found = {one.plan: one for one in await current_plans(db)}
    assert sorted(found) == ["client-pays", "host-pays"]
    assert found["host-pays"].tariff == host_pays_tariff()
    assert found["client-pays"].tariff == client_pays_tariff()
    assert {one.version for one in found.values()} == {1}
    assert await tariff_for(db, "client-pays", "ivan") == client_pays_tariff()


async def test_a_curator_publishes_a_plan(db: AsyncConnection) -> None:
    made = await publish_plan(db, dearer(), PETR, "lines cost more", NOON)
    assert (made.version, made.published_at, made.published_by) == (2, NOON, "petr")
    assert (await tariff_for(db, "host-pays", "ivan")).minute_minor == 1_50
    assert [one.version for one in await tariff_versions(db, "host-pays")] == [2, 1]
    [row] = await audit_trail(db, action="tariff.publish")
    assert (row.actor.party, row.subject, row.why) == ("petr", "tariff:host-pays", made.why)
    assert (row.facts["version"], row.facts["minute_minor"]) == (2, 1_50)
    assert await check_trail(db) == []


async def test_publishing_again_changes_nothing(db: AsyncConnection) -> None:
    first = await publish_plan(db, dearer(), PETR, "lines cost more", NOON)
    await publish_plan(db, dearer(3), PETR, "the same again", NOON)
    again = await publish_plan(db, dearer(), PETR, "sent twice", LATER)
    assert again == first
    assert len(await audit_trail(db, action="tariff.publish")) == 2
    assert (await current_plan(db, "host-pays")).version == 3


@pytest.mark.parametrize("version", [1, 2, 4])
async def test_a_number_is_taken_once_and_none_is_skipped(
    db: AsyncConnection, version: int
) -> None:
    await publish_plan(db, dearer(), PETR, "lines cost more", NOON)
    with pytest.raises(TariffConflict) as caught:
        await publish_plan(db, replace(dearer(version), lead_s=20), PETR, "late", LATER)
    assert (caught.value.plan, caught.value.version) == ("host-pays", version)
    assert (await current_plan(db, "host-pays")).version == 2


async def test_next_version_is_the_same_one_when_nothing_changes(db: AsyncConnection) -> None:
    last = await current_plan(db, "host-pays")
    assert next_version(replace(last.tariff, version=9), last).version == 1
    assert next_version(dearer(9), last).version == 2


async def test_what_cannot_be_published(db: AsyncConnection) -> None:
    with pytest.raises(NothingSaid):
        await publish_plan(db, dearer(), PETR, "  ", NOON)
    with pytest.raises(UnknownPlan):
        await publish_plan(db, replace(dearer(1), plan="evening"), PETR, "new", NOON)
    with pytest.raises(BadTariff) as caught:
        await publish_plan(db, replace(dearer(), payer="client"), PETR, "turn", NOON)
    assert caught.value.field == "tariff.payer"
    with pytest.raises(BadTariff) as caught:
        await look_at_plan(db, dearer().to_dict() | {"rate_version": 3})
    assert caught.value.field == "tariff.rate_version"
    bought = replace(client_pays_tariff(), version=2, allowance="minutes")
    with pytest.raises(BadTariff) as caught:
        await publish_plan(db, bought, PETR, "minutes for all", NOON)
    assert caught.value.field == "tariff.allowance"
    assert (
        await publish_plan(db, replace(dearer(), allowance="minutes"), PETR, "ours", NOON)
    ).version == 2


async def test_a_consultant_publishes_a_rate(db: AsyncConnection) -> None:
    """25.00 for Ivan's sessions, 20.00 still for everybody else's; the shares stay 10/90."""
    assert await current_rate(db, "ivan") is None
    await publish_rate(db, "ivan", 25_00, 1, IVAN, NOON)
    mine, others = await tariff_for(db, "client-pays", "ivan"), client_pays_tariff()
    assert (mine.minute_minor, mine.rate_version, mine.provider_bp) == (25_00, 1, 9000)
    assert await tariff_for(db, "client-pays", "boris") == others
    assert await tariff_for(db, "host-pays", "ivan") == host_pays_tariff()
    [row] = await audit_trail(db, action="tariff.publish")
    assert (row.subject, row.actor.role) == ("tariff:client-pays:ivan", "self")


async def test_a_rate_again_and_a_rate_after(db: AsyncConnection) -> None:
    first = await publish_rate(db, "ivan", 25_00, 1, IVAN, NOON)
    assert await publish_rate(db, "ivan", 25_00, 1, IVAN, LATER) == first
    with pytest.raises(TariffConflict):
        await publish_rate(db, "ivan", 26_00, 1, IVAN, LATER)
    await publish_rate(db, "ivan", 26_00, 2, IVAN, LATER)
    history = await tariff_versions(db, "client-pays", "ivan")
    assert [(one.version, one.tariff.minute_minor) for one in history] == [(2, 26_00), (1, 25_00)]
    assert len(await audit_trail(db, action="tariff.publish")) == 2


async def test_a_plan_changes_under_a_rate(db: AsyncConnection) -> None:
    """The platform's share becomes 20 %: Ivan's next session has it, at Ivan's own price."""
    await publish_rate(db, "ivan", 25_00, 1, IVAN, NOON)
    draft = replace(client_pays_tariff(30_00), version=2, provider_bp=8000)
    await publish_plan(db, draft, PETR, "20 % from today", LATER)
    mine = await tariff_for(db, "client-pays", "ivan")
    assert (mine.minute_minor, mine.provider_bp, mine.version) == (25_00, 8000, 2)
    assert await publish_rate(db, "ivan", 25_00, 1, IVAN, LATER)  # a replay, the plan apart
    looked = await look_at_rate(db, 40_00, 2)
    assert (looked.minute_minor, looked.provider_bp) == (40_00, 8000)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE metering_tariffs SET why = 'never said' WHERE plan = 'host-pays'",
        "UPDATE metering_tariffs SET tariff = replace(tariff, '100', '10')",
        "DELETE FROM metering_tariffs",
    ],
)
async def test_the_database_refuses_to_change_what_is_published(
    db: AsyncConnection, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="written once"):
        await db.exec_driver_sql(statement)


async def test_the_audit_of_what_is_published(db: AsyncConnection) -> None:
    await publish_plan(db, dearer(), PETR, "lines cost more", NOON)
    await publish_rate(db, "ivan", 25_00, 1, IVAN, NOON)
    assert await check_tariffs(db) == []
    columns = "plan, owner, version, tariff, published_us, published_by, why"
    wrong = (
        ("'host-pays', '', 5, tariff", "host-pays"),
        ("'client-pays', '', 2, tariff || ' '", "client-pays"),
    )
    for said, plan in wrong:
        await db.exec_driver_sql(
            f"INSERT INTO metering_tariffs ({columns}) SELECT {said}, published_us, '', ''"
            f" FROM metering_tariffs WHERE plan = '{plan}' AND owner = '' AND version = 1"
        )
    found = [(one.kind, one.where) for one in await check_tariffs(db)]
    assert found == [
        ("tariff_text", "tariff:client-pays:platform 2"),
        ("tariff_gap", "tariff:host-pays:platform 5"),
        ("tariff_text", "tariff:host-pays:platform 5"),
    ]
