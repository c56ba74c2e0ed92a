"""1CClientBankExchange, versions 1.01 to 1.03: statements of Russian banks. Pure.

Keyed lines between section marks. What the standard does not name is passed over, banks add much;
a name that only looks like one of the standard's (a Latin letter among Cyrillic ones) is refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ledger.bank.encodings import decoded
from ledger.bank.errors import StatementRefused
from ledger.bank.look_alikes import cyrillic
from ledger.bank.statements import AMOUNT_MAX, Line, Section, Side, Statement, units

MARK = "1CClientBankExchange"
VERSIONS = ("1.01", "1.02", "1.03")
_DAY = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_SUM = re.compile(r"(-?)([0-9]{1,16})(?:[.,]([0-9]{1,2}))?")
_WORDS = """
ВерсияФормата Кодировка ДатаНачала ДатаКонца РасчСчет СекцияРасчСчет КонецРасчСчет
НачальныйОстаток ВсегоПоступило ВсегоСписано КонечныйОстаток СекцияДокумент КонецДокумента
КонецФайла Номер Дата Сумма ДатаСписано ДатаПоступило НазначениеПлатежа Плательщик Получатель
"""
_OF_SIDES = ("ИНН", "КПП", "Счет", "РасчСчет", "БИК", "Банк1", "1")
_SIDES = ("Плательщик", "Получатель")
_KEYS = frozenset(_WORDS.split()) | {f"{who}{what}" for who in _SIDES for what in _OF_SIDES}


@dataclass
class _Part:
    """A section of the file as it is read: its mark, the line where it begins, its fields."""

    mark: str
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def text(self, key: str) -> str:
        return self.fields.get(key, "").strip()

    def place(self, key: str) -> str:
        return f"{self.lines.get(key, self.line)}"


def read_one_c(data: bytes) -> Statement:
    """Raises: StatementRefused with the line where the fault is."""
    text, encoding = decoded(data)
    head, accounts, documents = _split(text)
    if head.text("ВерсияФормата") not in VERSIONS:
        raise StatementRefused(
            "wrong_version", head.place("ВерсияФормата"), head.text("ВерсияФормата")[:20]
        )
    if not accounts:
        raise StatementRefused("no_account")
    own = {_account(part) for part in accounts}
    by_account: dict[str, list[Line]] = {account: [] for account in own}
    for document in documents:
        for account, line in _movements(document, own):
            by_account[account].append(line)
    sections = tuple(_section(part, by_account) for part in accounts)
    _refuse_strays(sections, by_account)
    return Statement("1c", encoding, sections)


def _split(text: str) -> tuple[_Part, list[_Part], list[_Part]]:
    """The head, the accounts' parts and the documents of a file that is whole."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != MARK:
        raise StatementRefused("unknown_format")
    head = _Part("", 1)
    parts: list[_Part] = []
    here, ended = head, False
    for number, raw in enumerate(lines[1:], 2):
        key, _, value = raw.partition("=")
        key = key.strip()
        if not key:
            continue
        if ended:
            raise StatementRefused("malformed", str(number), key[:40])
        _refuse_look_alike(key, number)
        if key in ("СекцияРасчСчет", "СекцияДокумент"):
            if here is not head:
                raise StatementRefused("truncated", str(here.line), here.mark)
            here = _Part(key, number)
            parts.append(here)
        elif key in ("КонецРасчСчет", "КонецДокумента"):
            if here.mark != {"КонецРасчСчет": "СекцияРасчСчет"}.get(key, "СекцияДокумент"):
                raise StatementRefused("malformed", str(number), key)
            here = head
        elif key == "КонецФайла":
            ended = True
        else:
            _keep(here, key, value, number)
    if not ended or here is not head:
        raise StatementRefused("truncated", str(len(lines)), here.mark)
    accounts = [part for part in parts if part.mark == "СекцияРасчСчет"]
    return head, accounts, [part for part in parts if part.mark == "СекцияДокумент"]


def _keep(here: _Part, key: str, value: str, number: int) -> None:
    """Fields come once in a part, but those of the head may repeat."""
    if here.mark and key in _KEYS and here.fields.get(key, value) != value:
        raise StatementRefused("malformed", str(number), key)
    here.fields.setdefault(key, value)
    here.lines.setdefault(key, number)


def _refuse_look_alike(key: str, number: int) -> None:
    if key not in _KEYS and cyrillic(key) in _KEYS:
        raise StatementRefused("look_alikes", str(number), key[:40])


def _movements(part: _Part, own: set[str]) -> Iterable[tuple[str, Line]]:
    """The document as a line of each of our accounts that it touches."""
    minor = _sum(part, "Сумма")
    if minor is None or minor <= 0:
        raise StatementRefused("bad_value", part.place("Сумма"), "Сумма")
    payer, payee = _side(part, "Плательщик"), _side(part, "Получатель")
    touched = []
    for side, other, sign, day, otherwise in (
        (payer, payee, -1, "ДатаСписано", "ДатаПоступило"),
        (payee, payer, 1, "ДатаПоступило", "ДатаСписано"),
    ):
        account = next((one for one in side[1] if one in own), None)
        if account is not None:
            line = Line(
                day=_day(part, day if part.text(day) else otherwise),
                minor=sign * minor,
                reference=part.text("Номер")[:40],
                other=other[0],
                purpose=part.text("НазначениеПлатежа")[:500],
                document_on=_day(part, "Дата") if part.text("Дата") else None,
            )
            touched.append((account, line))
    if not touched:
        raise StatementRefused("foreign_line", str(part.line), part.text("Номер")[:40])
    return touched


def _side(part: _Part, who: str) -> tuple[Side, tuple[str, ...]]:
    """The side as told, and the accounts under which it may be ours."""
    accounts = []
    for key in (f"{who}Счет", f"{who}РасчСчет"):
        account = part.text(key)
        if account and not re.fullmatch("[0-9]{20}", account):
            raise StatementRefused("bad_value", part.place(key), key)
        accounts.append(account)
    inn = part.text(f"{who}ИНН")
    if inn and not re.fullmatch("[0-9]{1,12}", inn):
        raise StatementRefused("bad_value", part.place(f"{who}ИНН"), f"{who}ИНН")
    name = part.text(f"{who}1") or part.text(who)
    side = Side(
        name=re.sub(r"^ИНН\s+[0-9]+\s*", "", name)[:160],
        inn=inn if inn.strip("0") else "",
        kpp=part.text(f"{who}КПП")[:9].strip("0"),
        account=next((one for one in reversed(accounts) if one), ""),
        bank=part.text(f"{who}Банк1")[:160],
        bik=part.text(f"{who}БИК")[:9],
    )
    return side, tuple(one for one in accounts if one)


def _account(part: _Part) -> str:
    account = part.text("РасчСчет")
    if not re.fullmatch("[0-9]{20}", account):
        raise StatementRefused("bad_value", part.place("РасчСчет"), "РасчСчет")
    return account


def _section(part: _Part, lines: Mapping[str, list[Line]]) -> Section:
    account = _account(part)
    first, last = _day(part, "ДатаНачала"), _day(part, "ДатаКонца")
    opening = _sum(part, "НачальныйОстаток")
    if opening is None:
        raise StatementRefused("no_balance", part.place("НачальныйОстаток"), account)
    own = tuple(line for line in lines[account] if first <= line.day <= last)
    turned = opening + sum(line.minor for line in own)
    closing = _sum(part, "КонечныйОстаток")
    section = Section(account, first, last, opening, turned if closing is None else closing, own)
    for key, found in (("ВсегоПоступило", section.credited), ("ВсегоСписано", section.debited)):
        told = _sum(part, key)
        if told is not None and told != found:
            raise StatementRefused(
                "totals_differ", part.place(key), f"{key}: {units(told)} ≠ {units(found)}"
            )
    return section


def _refuse_strays(sections: tuple[Section, ...], lines: Mapping[str, list[Line]]) -> None:
    """Every line is in exactly one section."""
    for account, found in lines.items():
        spans = [(s.first_day, s.last_day) for s in sections if s.account == account]
        for line in found:
            if sum(first <= line.day <= last for first, last in spans) != 1:
                raise StatementRefused("outside", line.reference, f"{line.day:%d.%m.%Y}")


def _day(part: _Part, key: str) -> date:
    found = _DAY.fullmatch(part.text(key))
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise StatementRefused("bad_value", part.place(key), key)


def _sum(part: _Part, key: str) -> int | None:
    """Minor units, or None where the field is absent or empty."""
    text = part.text(key).replace(" ", "").replace("\u00a0", "")
    if not text:
        return None
    found = _SUM.fullmatch(text)
    if not found or int(found[2]) * 100 > AMOUNT_MAX:
        raise StatementRefused("bad_value", part.place(key), key)
    minor = int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))
    return -minor if found[1] else minor
