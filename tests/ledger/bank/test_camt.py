"""camt.053 and MT940: the same month as in 1CClientBankExchange, and what is refused."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.bank.camt import read_camt
from ledger.bank.errors import StatementRefused
from ledger.bank.formats import read
from ledger.bank.statements import Line, Section, Side, base_of
from tests.ledger.bank.writing import BANKS_FEES, NORTH, VECTOR, Bank, came, went

MONTH = Bank(
    [
        came(1, 1500, VECTOR, "Оплата по счёту № B-2026-000001"),
        went(1, 3_512, BANKS_FEES, "Комиссия"),
        came(3, 20, NORTH, "Аванс", "78"),
    ],
    opening=100_000,
)
XML = MONTH.camt().decode()
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


def why(data: bytes) -> str:
    with pytest.raises(StatementRefused) as refused:
        read(data)
    return refused.value.code


@pytest.mark.parametrize("data", [MONTH.camt(version="02"), MONTH.camt(), MONTH.mt940()])
def test_the_same_lines_in_every_format(data: bytes) -> None:
    [theirs], [ours] = read(data).sections, read(MONTH.one_c()).sections
    assert [base_of(line) for line in theirs.lines] == [base_of(line) for line in ours.lines]
    assert (theirs.opening, theirs.closing) == (ours.opening, ours.closing)
    assert (theirs.account, theirs.currency) == (ours.account, "RUB")
    paid = theirs.lines[1]
    assert paid.other.inn == "7805123456"
    assert "B-2026-000001" in paid.purpose


def test_a_debit_balance_and_entries_that_are_not_booked() -> None:
    """Овердрафт; операция в обработке (PDNG) не считается."""
    month = Bank([came(1, 10, VECTOR, "x")], opening=-500_00)
    pending = month.camt().replace(
        b"</Stmt>",
        b'<Ntry><Amt Ccy="RUB">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>'
        b"<BookgDt><Dt>2026-11-02</Dt></BookgDt></Ntry></Stmt>",
    )
    [section] = read(pending).sections
    assert (section.opening, section.closing, len(section.lines)) == (-500_00, -490_00, 1)


def test_a_batch_is_its_payments() -> None:
    entry = (
        '<Ntry><Amt Ccy="RUB">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        "<BookgDt><Dt>2026-11-02</Dt></BookgDt><AcctSvcrRef>55</AcctSvcrRef><NtryDtls>"
        '<TxDtls><Amt Ccy="RUB">10.00</Amt><RmtInf><Ustrd>раз</Ustrd></RmtInf></TxDtls>'
        '<TxDtls><Amt Ccy="RUB">20.00</Amt><RmtInf><Ustrd>два</Ustrd></RmtInf></TxDtls>'
        "</NtryDtls></Ntry>"
    )
    quiet = Bank([came(1, 30, VECTOR, "x")]).camt().decode()
    start, end = quiet.index("<Ntry>"), quiet.index("</Stmt>")
    [section] = read((quiet[:start] + entry + quiet[end:]).encode()).sections
    assert [(line.minor, line.purpose) for line in section.lines] == [(1000, "раз"), (2000, "два")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (XML.replace("<Document", BOMB + "<Document").encode(), "doctype"),
        (XML.replace("<Document", BOMB.lower() + "<Document").encode(), "doctype"),
        (
            XML.replace("<Document", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><Document').encode(),
            "doctype",
        ),
        (XML.encode("utf-16"), "wrong_encoding"),
        (XML.replace("UTF-8", "UTF-7", 1).encode(), "wrong_encoding"),
        (XML.replace("UTF-8", "cp037", 1).encode(), "wrong_encoding"),
        (XML[: len(XML) // 2].encode(), "truncated"),
        (XML[:-1].encode(), "truncated"),
        (XML.replace("<Stmt>", "<Stmt>&a;", 1).encode(), "malformed"),
        (XML.replace("1500.00", "1500,00", 1).encode(), "bad_value"),
        (XML.replace("1500.00", "NaN", 1).encode(), "bad_value"),
        (XML.replace("1500.00", "1500.001", 1).encode(), "bad_value"),
        (XML.replace("1500.00", "1e9", 1).encode(), "balance_differs"),
        (XML.replace("1500.00", "1400.00", 1).encode(), "balance_differs"),
        (XML.replace(">OPBD<", ">ITBD<").encode(), "no_balance"),
        (XML.replace("RUB", "EUR").encode(), "wrong_currency"),
        (XML.replace("2026-11-02</Dt></BookgDt>", "2.11</Dt></BookgDt>").encode(), "bad_value"),
        (XML.replace("Stmt>", "Smtt>").encode(), "malformed"),
        (b"<html></html>", "malformed"),
        (b"<" * 50_000, "malformed"),
    ],
)  # fmt: skip
def test_hostile_xml(data: bytes, code: str) -> None:
    assert why(data) == code


def test_deep_nesting_is_refused() -> None:
    deep = XML.replace("</Stmt>", "<a>" * 5000 + "</a>" * 5000 + "</Stmt>")
    assert why(deep.encode()) == "malformed"


MT = MONTH.mt940().decode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (MT[: MT.index(":62F:")].encode(), "truncated"),
        (MT.replace("1500,00", "1400,00").encode(), "balance_differs"),
        (MT.replace("1500,00", "15OO,00").encode(), "malformed"),
        (MT.replace(":60F:", ":60X:").encode(), "no_balance"),
        (MT.replace("RUB", "USD").encode(), "wrong_currency"),
        (b":20:X", "truncated"),
    ],
)
def test_hostile_mt940(data: bytes, code: str) -> None:
    assert why(data) == code


def test_pages_of_one_day_are_one_statement() -> None:
    first, second = MONTH.mt940(0, 1).decode(), MONTH.mt940(1, 2).decode()
    pages = first.replace(":62F:", ":62M:") + "\r\n" + second.replace(":60F:", ":60M:")
    [section] = read(pages.encode()).sections
    assert (section.opening, len(section.lines)) == (100_000, 2)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([MONTH.camt(), MONTH.mt940()]), st.data())
def test_any_bytes_are_read_or_refused(whole: bytes, data: st.DataObject) -> None:
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(changed) - 1))
        width = data.draw(st.integers(0, 12))
        changed[place : place + width] = data.draw(st.binary(max_size=6))
    try:
        read(bytes(changed))
    except StatementRefused:
        return


ABROAD = """<?xml version="1.0" encoding="windows-1251"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-05T08:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>2026-11-05T08:00:00</CreDtTm>
<FrToDt><FrDtTm>2026-11-01T00:00:00</FrDtTm><ToDtTm>2026-11-04T23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>
<Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
<Amt Ccy="EUR">85.49</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-04</Dt></Dt></Bal>
<Ntry><NtryRef>N1</NtryRef><Amt Ccy="EUR">10.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-02</Dt></BookgDt><ValDt><Dt>2026-11-03</Dt></ValDt>
<AcctSvcrRef>A1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId><TxId>T1</TxId></Refs>
<Amt Ccy="EUR">10.50</Amt>
<RltdPties><Dbtr><Pty><Nm>Vektor GmbH</Nm>
<Id><OrgId><Othr><Id>7805123456</Id></Othr></OrgId></Id></Pty></Dbtr>
<DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct></RltdPties>
<RltdAgts><DbtrAgt><FinInstnId>
<ClrSysMmbId><MmbId>044525225</MmbId></ClrSysMmbId><Nm>Nordbank</Nm>
</FinInstnId></DbtrAgt></RltdAgts>
<RmtInf><Ustrd>Invoice 17</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><NtryRef>N2</NtryRef><Amt Ccy="EUR">25.01</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-04</Dt></BookgDt>
<NtryDtls><TxDtls><RltdPties><Cdtr><Nm>Petrova Anna</Nm>
<Id><PrvtId><Othr><Id>500100732259</Id></Othr></PrvtId></Id></Cdtr>

<CdtrAcct><Id><Othr><Id>40817810099910004312</Id></Othr></Id></CdtrAcct></RltdPties>
<RltdAgts><CdtrAgt><FinInstnId>
<ClrSysMmbId><MmbId>12003</MmbId></ClrSysMmbId>
</FinInstnId></CdtrAgt></RltdAgts>
</TxDtls></NtryDtls><AddtlNtryInf>Pay</AddtlNtryInf></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_every_field_that_a_bank_abroad_fills() -> None:
    """Счёт по IBAN, стороны внутри Pty, ИНН организации и человека, банк плательщика."""
    read_here = read_camt(ABROAD.encode("cp1251"))
    assert (read_here.format, read_here.encoding) == ("camt.053", "windows-1251")
    vector = Side(
        "Vektor GmbH", "7805123456", "", "DE02120300000000202051", "Nordbank", "044525225"
    )
    anna = Side("Petrova Anna", "500100732259", "", "40817810099910004312")
    [section] = read_here.sections
    assert section == Section(
        "DE89370400440532013000", date(2026, 11, 1), date(2026, 11, 4), 100_00, 85_49,
        (
            Line(date(2026, 11, 2), 10_50, "A1", vector, "Invoice 17"),
            Line(date(2026, 11, 4), -25_01, "N2", anna, "Pay"),
        ),
        "EUR",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "where", "detail"),
    [
        (XML.encode("utf-16"), "", "UTF-16"),
        (XML.replace("UTF-8", "UTF-7", 1).encode(), "", "utf-7"),
        (XML.replace(">OPBD<", ">ITBD<").encode(), MONTH.account, ""),
        (XML.replace("1500.00", "1500.001", 1).encode(), "17", "1500.001"),
        (XML.replace("2026-11-02</Dt></BookgDt>", "2.11</Dt></BookgDt>").encode(), "17", "2.11"),
    ],
)
def test_it_says_where_the_fault_is(data: bytes, where: str, detail: str) -> None:
    with pytest.raises(StatementRefused) as refused:
        read_camt(data)
    assert (refused.value.where, refused.value.detail) == (where, detail)
