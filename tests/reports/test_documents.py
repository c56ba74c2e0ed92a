"""What a protocol and an act say, in an accountant's words; and that they never disagree."""

from dataclasses import replace
from datetime import date

import pytest

from reports.canonical import parse
from reports.documents import (
    ACT,
    PROTOCOL,
    Act,
    build,
    content_digest,
    from_session_json,
    session_json,
    totals_of,
)
from reports.errors import NothingToAct, TotalsDiffer
from reports.facts import SessionFacts
from reports.issuer import BASIC_RATE, FREE_OF_VAT, PRINCIPAL, Issuer, Vat
from reports.proofs import money_finding, totals_finding
from tests.reports.builders import (
    CLIENT,
    HOST,
    act,
    document,
    facts,
    heading,
    journal,
    reviewed,
    settled,
)


def test_host_pays_thirty_nine_minutes() -> None:
    totals = totals_of(facts("host-pays"))
    assert totals.billed_minutes == 39
    assert totals.charged == totals.platform == 39_00
    assert totals.owed == 780_00  # for the consultant's own invoice, 39 x 20.00
    assert totals.consultant == totals.refunded == totals.escrow == 0


def test_client_pays_waits_in_escrow_then_divides_ten_to_ninety() -> None:
    waiting = totals_of(facts("client-pays"))
    assert (waiting.charged, waiting.escrow, waiting.owed) == (780_00, 780_00, None)
    done = totals_of(settled(facts("client-pays"), "resolved"))
    assert (done.platform, done.consultant, done.refunded) == (78_00, 702_00, 0)


def test_not_resolved_keeps_twenty_per_cent() -> None:
    one = act(settled(facts("client-pays"), "unresolved"))
    assert isinstance(one, Act)
    assert (one.totals.platform, one.totals.consultant) == (78_00, 78_00)
    assert (one.totals.refunded, one.total) == (624_00, 156_00)
    assert [line.minor for line in one.lines] == [780_00, -624_00]


@pytest.mark.parametrize(
    ("first", "found", "wanted"),
    [
        ("resolved", "unresolved", (78_00, 78_00, 624_00)),
        ("unresolved", "resolved", (78_00, 702_00, 0)),
    ],
)
def test_a_ruling_changes_who_got_what_and_not_what_was_charged(
    first: str, found: str, wanted: tuple[int, int, int]
) -> None:
    one = settled(facts("client-pays"), first)
    back = 624_00 if found == "unresolved" else -624_00
    entries = (("EARNINGS", HOST.id, -back), ("PREPAID", CLIENT.id, back))
    ruling = journal(95, "ruling", f"rule:{one.number}:A-1", *entries)
    totals = totals_of(replace(one, journals=(*one.journals, ruling)))
    assert totals.charged == 780_00
    assert (totals.platform, totals.consultant, totals.refunded) == wanted


def test_act_goes_to_whoever_paid() -> None:
    ours, theirs = act(facts("host-pays")), act(facts("client-pays"))
    assert isinstance(ours, Act)
    assert isinstance(theirs, Act)
    assert (ours.buyer, ours.total, ours.lines[0].price_minor) == (HOST.name, 39_00, 1_00)
    assert (theirs.buyer, theirs.total, theirs.lines[0].price_minor) == (CLIENT.name, 780_00, 20_00)


def test_paper_is_refused_when_the_ledger_says_otherwise() -> None:
    one = facts("host-pays")
    short = replace(one, journals=one.journals[:-1])
    with pytest.raises(TotalsDiffer) as error:
        totals_of(short)
    assert (error.value.what, error.value.paper, error.value.ledger) == ("charged", 39_00, 38_00)


def test_no_charged_minute_no_act() -> None:
    with pytest.raises(NothingToAct):
        act(facts(seconds=0, gaps=()))


def test_vat_by_the_date_of_service() -> None:
    payer = Issuer(vats=BASIC_RATE)
    assert payer.vat_on(date(2025, 12, 31)).inside(780_00) == 130_00
    assert payer.vat_on(date(2026, 1, 1)).inside(780_00) == 140_66
    assert FREE_OF_VAT.inside(780_00) == 0
    assert Issuer.from_json(payer.to_json()) == payer


def test_a_document_comes_back_from_its_attachment() -> None:
    for one in (document(PROTOCOL, reviewed(settled(facts("client-pays"), "unresolved"))), act()):
        data = session_json(one)
        assert from_session_json(parse(data)) == one
        assert session_json(from_session_json(parse(data))) == data


def test_what_makes_a_new_revision() -> None:
    """Silence that means resolved changes the protocol (the split), not the act (the sum)."""
    before, after = facts("client-pays"), settled(facts("client-pays"), "resolved")
    refused = settled(facts("client-pays"), "unresolved")
    issuer = Issuer()
    assert content_digest(ACT, issuer, before) == content_digest(ACT, issuer, after)
    assert content_digest(ACT, issuer, before) != content_digest(ACT, issuer, refused)
    assert content_digest(PROTOCOL, issuer, before) != content_digest(PROTOCOL, issuer, after)
    longer = replace(before, record=(*before.record, before.record[-1]))
    assert content_digest(PROTOCOL, issuer, before) == content_digest(PROTOCOL, issuer, longer)


def credited(one: SessionFacts, minor: int) -> SessionFacts:
    """The first `minor` of the session are promo credit, as a campaign pays for them."""
    journals = []
    for place, tick in enumerate(one.journals):
        price = tick.entries[-1].minor
        part = max(min(price, minor - place * price), 0)
        entries = [("PROMO", f"welcome:{CLIENT.id}", -part)] if part else []
        entries += [("PREPAID", CLIENT.id, part - price)] if part < price else []
        entries += [(tick.entries[-1].account, tick.entries[-1].owner, price)]
        if tick.entries[-1].account == "COMMISSION" and part:
            entries += [("PROMO_COST", "", -part), ("PROMO_ISSUED", "welcome", part)]
        journals.append(journal(place + 1, "tick", tick.id, *entries))
    return replace(one, journals=tuple(journals))


@pytest.mark.parametrize("plan", ["host-pays", "client-pays"])
def test_promo_credit_is_a_part_of_what_was_paid(plan: str) -> None:
    plain = facts(plan)
    one = credited(plain, 30_50 if plan == "host-pays" else 330_00)
    totals = totals_of(one)
    assert (totals.charged, totals.promo) == (
        totals_of(plain).charged,
        30_50 if plan == "host-pays" else 330_00,
    )
    assert money_finding(one).good
    assert content_digest(ACT, Issuer(), one) != content_digest(ACT, Issuer(), plain)
    paper = document(PROTOCOL, one)
    body = parse(session_json(paper))
    assert body["totals"]["promo"] == totals.promo
    assert totals_finding(one, body).good
    assert "promo" not in parse(session_json(document(PROTOCOL, plain)))["totals"]
    assert totals_finding(plain, parse(session_json(document(PROTOCOL, plain)))).good


def test_an_agent_s_act_contains_the_tax_of_its_commission_and_a_principal_s_of_the_price() -> None:
    waiting, agent = facts("client-pays"), Issuer(vats=BASIC_RATE)
    principal = replace(agent, vat_mode=PRINCIPAL)
    for one in (waiting, settled(waiting, "resolved")):  # silence changes nothing in the act
        made = act_of(agent, one)
        assert (made.vat_base, made.vat) == (78_00, 14_07)
        assert (act_of(principal, one).vat_base, act_of(principal, one).vat) == (780_00, 140_66)
    refused = settled(waiting, "unresolved")
    assert (act_of(agent, refused).vat_base, act_of(agent, refused).vat) == (78_00, 14_07)
    assert (act_of(principal, refused).vat_base, act_of(principal, refused).vat) == (156_00, 28_13)
    assert Issuer.from_json(principal.to_json()) == principal


def test_an_act_is_not_made_over_books_that_took_another_tax() -> None:
    agent, one = Issuer(vats=BASIC_RATE), settled(facts("client-pays"), "resolved")
    booked = journal(99, "vat", f"vat:{one.number}", ("COMMISSION", "", -14_07), ("VAT", "", 14_07))
    same = replace(one, journals=(*one.journals, booked))
    assert totals_of(same).platform == totals_of(one).platform
    assert act_of(agent, same).vat == 14_07
    other = replace(agent, vats=(Vat(date(2025, 1, 1), 500),))
    with pytest.raises(TotalsDiffer) as error:
        act_of(other, same)
    assert (error.value.what, error.value.paper, error.value.ledger) == ("vat", 3_71, 14_07)


def act_of(issuer: Issuer, one: SessionFacts) -> Act:
    made = build(heading(ACT), issuer, one)
    assert isinstance(made, Act)
    return made
