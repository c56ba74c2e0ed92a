"""camt.053 of ISO 20022: the XML statement, read by pycamt once it is safe to read.

A document type is refused before any parser sees the file: with it go entities, external files
and bombs. What pycamt leaves out (accounts that are no IBAN, tax numbers, batches) is read off its
tree beside each of its transactions.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree
from pycamt.parser import Camt053ParseError, Camt053Parser

from ledger.bank.errors import StatementRefused
from ledger.bank.statements import AMOUNT_MAX, Line, Section, Side, Statement

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENDED = re.compile(rb"</([A-Za-z0-9]+:)?Document>\s*\Z")
_ENCODINGS = ("utf-8", "windows-1251", "iso-8859-1", "iso-8859-15", "us-ascii")


def read_camt(data: bytes) -> Statement:
    """Raises: StatementRefused."""
    encoding = _refuse_unsafe(data)
    try:
        parser = Camt053Parser(data)
        infos, told = parser.get_statement_info(), parser.get_transactions()
    except (etree.XMLSyntaxError, Camt053ParseError, ValueError, AttributeError) as error:
        cut = b"Document" in data and not _ENDED.search(data)
        code = "truncated" if cut else "malformed"
        raise StatementRefused(code, detail=str(error)[:120]) from error
    entries = list(_entries(parser))
    if len(entries) != len(told):
        raise StatementRefused("malformed", detail="entries")
    sections = []
    for number, (info, node) in enumerate(zip(infos, _statements(parser), strict=True)):
        lines = [
            _line(facts, entry, detail, parser.namespaces)
            for facts, (owner, entry, detail) in zip(told, entries, strict=True)
            if owner == number and facts.get("Status", "BOOK") in ("BOOK", None)
        ]
        sections.append(_section(info, node, lines, parser.namespaces))
    return Statement("camt.053", encoding, tuple(sections))


def _refuse_unsafe(data: bytes) -> str:
    """The declared encoding of a file without a document type."""
    if b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise StatementRefused("wrong_encoding", detail="UTF-16")
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding not in _ENCODINGS:
        raise StatementRefused("wrong_encoding", detail=encoding[:40])
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise StatementRefused("doctype")
    return encoding


def _statements(parser: Camt053Parser) -> list[Any]:
    for path in (".//Stmt", ".//Rpt"):
        found = parser.tree.findall(path, parser.namespaces)
        if found:
            return list(found)
    return []


def _entries(parser: Camt053Parser) -> Iterator[tuple[int, Any, Any]]:
    """Statement's number, entry and detail, one for each transaction of pycamt, in its order."""
    for number, statement in enumerate(_statements(parser)):
        for entry in statement.findall(".//Ntry", parser.namespaces):
            details = entry.findall(".//NtryDtls//TxDtls", parser.namespaces)
            for detail in details or [None]:
                yield number, entry, detail


def _line(facts: dict[str, Any], entry: Any, detail: Any, names: Any) -> Line:
    came = facts.get("CreditDebitIndicator") == "CRDT"
    reference = facts.get("TransactionID") or _text(entry, "NtryRef", names) or ""
    whole = detail is None or len(entry.findall(".//NtryDtls//TxDtls", names)) == 1
    told = _text(entry, "Amt", names) if whole else facts.get("Amount")
    purpose = facts.get("RemittanceInformationFull") or facts.get("RemittanceInformation") or ""
    minor = _minor(told, reference)
    return Line(
        day=_day(facts.get("BookingDate") or facts.get("ValueDate"), reference),
        minor=minor if came else -minor,
        reference=str(reference)[:40],
        other=_side(detail, "Dbtr" if came else "Cdtr", names),
        purpose=str(purpose or facts.get("AdditionalEntryInformation") or "")[:500],
    )


def _side(detail: Any, who: str, names: Any) -> Side:
    if detail is None:
        return Side()
    agent = f".//RltdAgts/{who}Agt/FinInstnId"
    account = f".//RltdPties/{who}Acct/Id"
    ids = (f".//RltdPties/{who}", f".//RltdPties/{who}/Pty")
    number = [
        _text(detail, f"{path}/Id/{kind}/Othr/Id", names)
        for path in ids
        for kind in ("OrgId", "PrvtId")
    ]
    name = [_text(detail, f"{path}/Nm", names) for path in ids]
    member = _text(detail, f"{agent}/ClrSysMmbId/MmbId", names)
    return Side(
        name=next((one for one in name if one), "")[:160],
        inn=next((one for one in number if re.fullmatch("[0-9]{10}([0-9]{2})?", one)), ""),
        account=_text(detail, f"{account}/Othr/Id", names)
        or _text(detail, f"{account}/IBAN", names),
        bank=_text(detail, f"{agent}/Nm", names)[:160],
        bik=member if re.fullmatch("[0-9]{9}", member) else "",
    )


def _section(info: dict[str, Any], node: Any, lines: list[Line], names: Any) -> Section:
    account = info["IBAN"] or _text(node, "./Acct/Id/Othr/Id", names)
    if not account:
        raise StatementRefused("no_account")
    if info["OpeningBalance"] is None or info["ClosingBalance"] is None:
        raise StatementRefused("no_balance", account)
    days = [line.day for line in lines]
    first = _period(node, "FrDtTm", names) or _period(node, "FrDt", names)
    last = _period(node, "ToDtTm", names) or _period(node, "ToDt", names)
    closed = _day(info["ClosingBalanceDate"], account)
    return Section(
        account=account,
        first_day=first or min([*days, closed]),
        last_day=last or max([*days, closed]),
        opening=_minor(info["OpeningBalance"], account),
        closing=_minor(info["ClosingBalance"], account),
        lines=tuple(lines),
        currency=info["Currency"] or _currency(node, names),
    )


def _currency(node: Any, names: Any) -> str:
    amount = node.find("./Bal/Amt", names)
    return str(amount.get("Ccy", "")) if amount is not None else ""


def _period(node: Any, what: str, names: Any) -> date | None:
    text = _text(node, f"./FrToDt/{what}", names)
    return _day(text, what) if text else None


def _text(node: Any, path: str, names: Any) -> str:
    found = node.find(path, names)
    return str(found.text or "").strip() if found is not None else ""


def _day(text: Any, where: str) -> date:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError as error:
        raise StatementRefused("bad_value", where, str(text)[:20]) from error


def _minor(text: Any, where: str) -> int:
    try:
        minor = Decimal(str(text)).scaleb(2)
        if minor == minor.to_integral_value() and abs(minor) <= AMOUNT_MAX:
            return int(minor)
    except InvalidOperation:
        pass
    raise StatementRefused("bad_value", where, str(text)[:20])
