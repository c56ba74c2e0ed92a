"""What a protocol and an act say, in an accountant's words; and that they never disagree."""

from dataclasses import replace
from datetime import date

import pytest

from reports.canonical import parse
from reports.documents import (
    ACT,
    PROTOCOL,
    Act,
    content_digest,
    from_session_json,
    session_json,
    totals_of,
)
from reports.errors import NothingToAct, TotalsDiffer
from reports.issuer import BASIC_RATE, FREE_OF_VAT, Issuer
from tests.reports.builders import CLIENT, HOST, act, document, facts, journal, reviewed, settled


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
