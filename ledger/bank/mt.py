"""MT940 of SWIFT, read by the library `mt940`; pages of one statement are joined.

Foreign banks and the foreign branches of Russian ones send it. It names no tax number: a payer is
known by the number of the invoice, and by an INN that the bank has put into the details.
"""

import logging
import re
from datetime import date
from decimal import Decimal
from typing import Any

import mt940

from ledger.bank.encodings import decoded
from ledger.bank.errors import StatementRefused
from ledger.bank.statements import AMOUNT_MAX, Line, Section, Side, Statement, days_of, joined

_MESSAGE = re.compile(r"(?m)^(?=:20:)")
_INN = re.compile(r"\b(?:ИНН|INN)[ :/]*([0-9]{12}|[0-9]{10})\b", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?<![0-9A-Z])([0-9]{20})(?![0-9])")  # of a Russian bank; part of no IBAN


def read_mt940(data: bytes) -> Statement:
    """Raises: StatementRefused."""
    logging.getLogger("mt940").setLevel(logging.CRITICAL)
    text, encoding = decoded(data)
    if ":20:" not in text:
        raise StatementRefused("truncated")
    messages = _MESSAGE.split(text.replace("\r\n", "\n"))[1:]
    sections = [_section(number, message) for number, message in enumerate(messages, 1)]
    return Statement("mt940", encoding, joined(sections))


def _section(number: int, message: str) -> Section:
    where = f":20: {number}"
    if not re.search(r"(?m)^:62[FM]:", message):
        raise StatementRefused("truncated", where)
    try:
        parsed = mt940.parse(message)
        facts = parsed.data
        account = str(facts["account_identification"]).strip()
        opening = _balance(facts, "opening", where)
        closing = _balance(facts, "closing", where)
        lines = tuple(_line(one.data, where) for one in parsed.transactions)
    except StatementRefused:
        raise
    except Exception as error:  # the library raises whatever its regular expressions lead to
        raise StatementRefused("malformed", where, type(error).__name__) from error
    if len(lines) != len(re.findall(r"(?m)^:61:", message)):
        raise StatementRefused("malformed", where, ":61:")
    days, ours = days_of(lines), _ACCOUNT.search(account)
    return Section(
        account=ours[1] if ours else account.removesuffix(opening[2]),
        first_day=min(closing[1], days[0]) if days else closing[1],
        last_day=max(closing[1], days[1]) if days else closing[1],
        opening=opening[0],
        closing=closing[0],
        lines=lines,
        currency=opening[2],
    )


def _balance(facts: dict[str, Any], which: str, where: str) -> tuple[int, date, str]:
    """Minor units, day, currency: the final balance, else that of the page."""
    for name in (f"final_{which}_balance", f"intermediate_{which}_balance"):
        if facts.get(name) is not None:
            found = facts[name]
            minor = _minor(found.amount.amount, where)
            currency = str(found.amount.currency).replace("RUR", "RUB")
            return minor, _plain(found.date), currency
    raise StatementRefused("no_balance", where, which)


def _line(facts: dict[str, Any], where: str) -> Line:
    details = " ".join(
        str(facts[name])
        for name in ("transaction_details", "extra_details", "purpose")
        if facts.get(name)
    )
    details = re.sub(r"\s+", " ", details).strip()
    reference = facts.get("bank_reference") or facts.get("customer_reference") or ""
    inn, account = _INN.search(details), _ACCOUNT.search(details)
    return Line(
        day=_plain(facts.get("entry_date") or facts["date"]),
        minor=_minor(facts["amount"].amount, where),
        reference=str(reference).strip()[:40],
        other=Side(
            name=str(facts.get("applicant_name") or "")[:160],
            inn=inn[1] if inn else "",
            account=account[1] if account else "",
        ),
        purpose=details[:500],
    )


def _plain(day: date) -> date:
    return date(day.year, day.month, day.day)


def _minor(amount: Decimal, where: str) -> int:
    minor = Decimal(amount).scaleb(2)
    if minor != minor.to_integral_value() or abs(minor) > AMOUNT_MAX:
        raise StatementRefused("bad_value", where, str(amount)[:20])
    return int(minor)
