"""Rails never mix: refused by the verb, and by the database when the verb is forgotten."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money, hold
from ledger.control import (
    COUNTRIES,
    SYSTEM,
    Actor,
    ApprovalConflict,
    CountryUnknown,
    Rail,
    RailsApart,
    RoleRefused,
    WrongRail,
    approve,
    audit_trail,
    close_demo_rail,
    declare_residence,
    guard_rail,
    rail_of,
    rails_of,
    require_rail,
    require_same_rail,
    residence,
    residence_asked,
    waiting_approvals,
)
from ledger.control.rails import clean_country
from tests.ledger.books import fund
from tests.ledger.control.people import AT, BOB, NINA, VERA

TOP_UP = (
    "INSERT INTO ledger_top_up (id, gateway, party, amount, currency, return_url, idempotency_key,"
    " state, url, refusal, created_us, changed_us)"
    " VALUES (:gateway || :party, :gateway, :party, 1, 'RUB', '', '', 'created', '', '', 1, 1)"
)
OUTGOING = (
    "INSERT INTO ledger_outgoing (id, kind, gateway, party, target, amount, currency,"
    " idempotency_key, state, ref, refusal, created_us, changed_us)"
    " VALUES (:gateway || :party, 'refund', :gateway, :party, '', 1, 'RUB', '', 'pending', '', '',"
    " 1, 1)"
)
PEOPLE = {"ivan": "RU", "anna": "DE", "nemo": ""}
OPEN = {("ivan", "bank"), ("anna", "stripe"), *((party, "demo") for party in PEOPLE)}
EVERY = [(party, gateway) for party in PEOPLE for gateway in ("stripe", "bank", "demo", "unheard")]


async def settle_down(db: AsyncConnection) -> None:
    for party, country in PEOPLE.items():
        if country:
            await declare_residence(db, party, country, Actor(party, "self"), AT)


@pytest.mark.parametrize("code", ["", "R", "RUS", "XX", "РФ", "1A", "рu"])
def test_what_is_no_country(code: str) -> None:
    with pytest.raises(CountryUnknown):
        clean_country(code)


def test_countries_of_the_standard() -> None:
    assert len(COUNTRIES) == 249
    assert {"RU", "DE", "US", "KZ", "BY"} <= COUNTRIES


async def test_the_verb_gates(db: AsyncConnection) -> None:
    await settle_down(db)
    assert await rails_of(db, "ivan") == {Rail.BANK}
    assert await rails_of(db, "anna") == {Rail.CARD}
    assert await rails_of(db, "nemo") == frozenset()
    for party, gateway in EVERY:
        rail = rail_of(gateway)
        if rail is None:
            continue
        if (party, gateway) in OPEN:
            await require_rail(db, party, rail)
            continue
        with pytest.raises(WrongRail) as wrong:
            await require_rail(db, party, rail)
        assert (wrong.value.party, wrong.value.rail) == (party, rail.value)
        assert wrong.value.country == PEOPLE[party]


@pytest.mark.parametrize("insert", [TOP_UP, OUTGOING], ids=["top_up", "outgoing"])
async def test_the_database_gates_whatever_the_code_believes(
    db: AsyncConnection, insert: str
) -> None:
    await settle_down(db)
    for party, gateway in EVERY:
        row = {"party": party, "gateway": gateway}
        if (party, gateway) in OPEN:
            await db.execute(text(insert), row)
            continue
        with pytest.raises(DBAPIError, match="rails never mix"):
            async with db.begin_nested():
                await db.execute(text(insert), row)


async def test_a_row_is_not_moved_to_another_rail_or_party(db: AsyncConnection) -> None:
    await settle_down(db)
    await db.execute(text(TOP_UP), {"party": "anna", "gateway": "stripe"})
    for change in ("gateway = 'bank'", "party = 'ivan'", "party = 'nemo'"):
        with pytest.raises(DBAPIError, match="rails never mix"):
            async with db.begin_nested():
                await db.execute(text(f"UPDATE ledger_top_up SET {change}"))
    await db.execute(text("UPDATE ledger_top_up SET state = 'paid'"))


async def test_news_of_a_movement_under_way_is_taken_after_a_move(db: AsyncConnection) -> None:
    """The money has come; where it belongs is not changed by where its owner lives now."""
    await settle_down(db)
    await db.execute(text(TOP_UP), {"party": "anna", "gateway": "stripe"})
    await db.execute(text("UPDATE ledger_control_residence SET country = 'RU'"))
    await db.execute(text("UPDATE ledger_top_up SET state = 'paid', payment = 'pi_1'"))


async def test_production_closes_the_demo_rail_for_good(db: AsyncConnection) -> None:
    """Demo money and real money are never in one database: verbs and direct SQL refuse it."""
    await require_rail(db, "nemo", Rail.DEMO)
    await close_demo_rail(db, AT)
    await close_demo_rail(db, AT)
    for insert in (TOP_UP, OUTGOING):
        with pytest.raises(DBAPIError, match="rails never mix"):
            async with db.begin_nested():
                await db.execute(text(insert), {"party": "nemo", "gateway": "demo"})
    for party in PEOPLE:
        with pytest.raises(WrongRail):
            await require_rail(db, party, Rail.DEMO)
    [row] = await audit_trail(db, subject="rail:demo")
    assert (row.action, row.why) == ("rail.closed", "production")


def test_other_rooms_guard_their_tables_alike() -> None:
    guard = guard_rail("ledger_payouts_payout", "party", "NEW.rail")
    assert set(guard) == {"sqlite", "postgresql"}
    for statements in guard.values():
        assert all("ledger_payouts_payout_rail" in one for one in statements)
        assert any("OLD.rail" in one for one in statements)


async def test_payer_and_payee_share_a_rail(db: AsyncConnection) -> None:
    """Else money that came through a bank would leave through cards."""
    await settle_down(db)
    await declare_residence(db, "olga", "RU", SYSTEM, AT)
    await declare_residence(db, "john", "US", SYSTEM, AT)
    for payer, payee in (("ivan", "olga"), ("john", "anna"), ("ivan", "nemo"), ("nemo", "anna")):
        await require_same_rail(db, payer, payee)
    for payer, payee in (("ivan", "anna"), ("anna", "ivan")):
        with pytest.raises(RailsApart) as wrong:
            await require_same_rail(db, payer, payee)
        assert wrong.value.party == payee


# --- residence


async def test_a_residence_is_declared_once_and_on_record(db: AsyncConnection) -> None:
    assert await residence(db, "bob") is None
    assert await declare_residence(db, "bob", " de ", BOB, AT) is None
    assert await declare_residence(db, "bob", "DE", BOB, AT) is None
    found = await residence(db, "bob")
    assert found is not None
    assert (found.country, found.declared_by, found.declared_at) == ("DE", "bob", AT)
    [row] = await audit_trail(db)
    assert (row.action, row.subject, row.actor) == ("residence.declared", "party:bob", BOB)
    assert dict(row.facts) == {"country": "DE", "from": ""}


async def test_who_has_no_money_moves_freely(db: AsyncConnection) -> None:
    await declare_residence(db, "bob", "DE", BOB, AT)
    assert await declare_residence(db, "bob", "RU", BOB, AT) is None
    assert await rails_of(db, "bob") == {Rail.BANK}
    assert len(await audit_trail(db, subject="party:bob")) == 2


@pytest.mark.parametrize("kind", [AccountKind.PREPAID, AccountKind.EARNINGS, AccountKind.PROMO])
async def test_with_money_a_move_waits_for_a_curator(
    db: AsyncConnection, kind: AccountKind
) -> None:
    await declare_residence(db, "bob", "DE", BOB, AT)
    account = Account(kind, "bob")
    await fund(db, account, 700)
    await hold(db, "h", account, Money(700), AT)
    asked = await declare_residence(db, "bob", "RU", BOB, AT, "переезд")
    assert asked is not None
    assert (asked.amount, asked.facts) == (Money(700), {"country": "RU", "from": "DE"})
    assert await declare_residence(db, "bob", "RU", BOB, AT, "переезд") == asked
    with pytest.raises(ApprovalConflict):
        await declare_residence(db, "bob", "KZ", BOB, AT)
    assert await rails_of(db, "bob") == {Rail.CARD}
    with pytest.raises(RoleRefused):
        await approve(db, asked.id, NINA, AT)
    await approve(db, asked.id, VERA, AT)
    assert await rails_of(db, "bob") == {Rail.BANK}
    assert await waiting_approvals(db) == []


async def test_whoever_earned_before_declaring_waits_too(db: AsyncConnection) -> None:
    """Else earnings that came through a bank could choose the rail by which they leave."""
    await fund(db, Account(AccountKind.EARNINGS, "bob"), 700)
    asked = await declare_residence(db, "bob", "DE", BOB, AT)
    assert asked is not None
    assert await residence_asked(db, "bob", AT) == asked
    assert await rails_of(db, "bob") == frozenset()
    await approve(db, asked.id, VERA, AT)
    assert await residence_asked(db, "bob", AT) is None
    assert await rails_of(db, "bob") == {Rail.CARD}


async def test_money_on_its_way_counts(db: AsyncConnection) -> None:
    await declare_residence(db, "anna", "DE", Actor("anna", "self"), AT)
    await db.execute(text(TOP_UP), {"party": "anna", "gateway": "stripe"})
    asked = await declare_residence(db, "anna", "RU", Actor("anna", "self"), AT)
    assert asked is not None
    assert asked.state == "waiting"
