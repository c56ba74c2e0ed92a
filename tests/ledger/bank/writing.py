"""A bank of the tests: it writes down what happened on an account in every format there is.

These writers were made for the tests and share nothing with the parsers but the standards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ledger.bank.statements import Line, Side
from ledger.requisites import Payer, Requisites

OURS = Requisites(
    name="ООО «Минута»",
    inn="7799123455",
    kpp="779901001",
    account="40702810938000000001",
    bank="ПАО СБЕРБАНК",
    bik="044525225",
    correspondent="30101810400000000225",
)
VECTOR = Side("ООО «Вектор»", "7805123456", "780501001", "40702810138250123017", "ПАО БАНК")
NORTH = Side("АО «Северный путь»", "7728168971", "772801001", "40702810600000000044", "АО БАНК")
PERSON = Side("Петрова Анна Сергеевна", "", "", "40817810099910004312", "ПАО БАНК")
BANKS_FEES = Side("ПАО СБЕРБАНК", "7707083893", "773601001", "70601810500001720101")
FIRST_DAY = date(2026, 11, 2)


def payer_of(side: Side) -> Payer:
    return Payer(side.name, side.inn, side.kpp)


def day(n: int) -> date:
    """The n-th day of the test's month, from 1."""
    return FIRST_DAY + timedelta(days=n - 1)


def came(n: int, rubles: int, who: Side, purpose: str, number: str = "17") -> Line:
    return Line(day(n), rubles * 100, number, who, purpose, day(n))


def went(n: int, kopecks: int, who: Side, purpose: str, number: str = "3") -> Line:
    return Line(day(n), -kopecks, number, who, purpose, day(n))


@dataclass
class Bank:
    """An account at the bank: its lines in the order of their happening."""

    lines: Sequence[Line]
    opening: int = 0
    account: str = OURS.account
    own: Requisites = field(default_factory=lambda: OURS)

    def balance(self, until: int) -> int:
        """After so many lines."""
        return self.opening + sum(line.minor for line in self.lines[:until])

    def one_c(
        self,
        first: int = 0,
        until: int | None = None,
        days: tuple[date, date] | None = None,
        encoding: str = "cp1251",
        version: str = "1.03",
        bom: bool = False,
        **instead: str,
    ) -> bytes:
        """Lines [first, until) as a file; `instead` overrides fields of the account's section."""
        until = len(self.lines) if until is None else until
        lines = self.lines[first:until]
        since, to = days or (lines[0].day, lines[-1].day)
        head = {
            "ДатаНачала": f"{since:%d.%m.%Y}",
            "ДатаКонца": f"{to:%d.%m.%Y}",
            "РасчСчет": self.account,
            "НачальныйОстаток": rubles(self.balance(first)),
            "ВсегоПоступило": rubles(sum(one.minor for one in lines if one.minor > 0)),
            "ВсегоСписано": rubles(-sum(one.minor for one in lines if one.minor < 0)),
            "КонечныйОстаток": rubles(self.balance(until)),
        } | instead
        names = {"cp1251": "Windows", "cp866": "DOS", "utf-8": "UTF-8"}
        text = [
            "1CClientBankExchange",
            f"ВерсияФормата={version}",
            f"Кодировка={names[encoding]}",
            "Отправитель=Банк",
            "Получатель=Бухгалтерия",
            *(f"{key}={value}" for key, value in list(head.items())[:3]),
            "СекцияРасчСчет",
            *(f"{key}={value}" for key, value in head.items()),
            "КонецРасчСчет",
            *(row for line in lines for row in self.document(line)),
            "КонецФайла",
            "",
        ]
        whole = "\r\n".join(text)
        if encoding == "cp866":  # which has no such quotes
            whole = whole.translate({0xAB: '"', 0xBB: '"'})
        data = whole.encode(encoding)
        return (b"\xef\xbb\xbf" if bom else b"") + data

    def document(self, line: Line) -> list[str]:
        ours = Side(self.own.name, self.own.inn, self.own.kpp, self.account, self.own.bank)
        out = line.minor < 0
        payer, payee = (ours, line.other) if out else (line.other, ours)
        return [
            "СекцияДокумент=Платежное поручение",
            f"Номер={line.reference}",
            f"Дата={(line.document_on or line.day):%d.%m.%Y}",
            f"Сумма={rubles(abs(line.minor))}",
            *_side("Плательщик", payer),
            f"ДатаСписано={line.day:%d.%m.%Y}" if out else "ДатаСписано=",
            *_side("Получатель", payee),
            "ДатаПоступило=" if out else f"ДатаПоступило={line.day:%d.%m.%Y}",
            f"НазначениеПлатежа={line.purpose}",
            "КонецДокумента",
        ]

    def camt(self, first: int = 0, until: int | None = None, version: str = "08") -> bytes:
        """The same as camt.053.001.`version`."""
        until = len(self.lines) if until is None else until
        lines = self.lines[first:until]
        party = "<Pty>{}</Pty>" if version == "08" else "{}"
        entries = "".join(_entry(line, party) for line in lines)
        since, to = lines[0].day, lines[-1].day
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
            "<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId><CreDtTm>2026-11-20T10:00:00</CreDtTm>"
            "</GrpHdr><Stmt><Id>1</Id>"
            f"<FrToDt><FrDtTm>{since}T00:00:00</FrDtTm><ToDtTm>{to}T23:59:59</ToDtTm></FrToDt>"
            f"<Acct><Id><Othr><Id>{self.account}</Id></Othr></Id><Ccy>RUB</Ccy></Acct>"
            f"{_balance('OPBD', self.balance(first), since)}"
            f"{_balance('CLBD', self.balance(until), to)}"
            f"{entries}</Stmt></BkToCstmrStmt></Document>"
        ).encode()

    def mt940(self, first: int = 0, until: int | None = None) -> bytes:
        """The same as MT940."""
        until = len(self.lines) if until is None else until
        lines = self.lines[first:until]
        rows = [
            ":20:STATEMENT",
            f":25:{self.account}",
            ":28C:1/1",
            f":60F:C{lines[0].day:%y%m%d}RUB{comma(self.balance(first))}",
        ]
        for line in lines:
            mark = "C" if line.minor > 0 else "D"
            rows.append(
                f":61:{line.day:%y%m%d}{line.day:%m%d}{mark}{comma(abs(line.minor))}"
                f"NTRF{line.reference}//{line.reference}"
            )
            rows.append(f":86:INN {line.other.inn} {line.other.account} {line.purpose}")
        rows.append(f":62F:C{lines[-1].day:%y%m%d}RUB{comma(self.balance(until))}")
        return ("\r\n".join(rows) + "\r\n-").encode("utf-8")


def rubles(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def comma(minor: int) -> str:
    return rubles(minor).replace(".", ",")


def _side(who: str, side: Side) -> list[str]:
    return [
        f"{who}Счет={side.account}",
        f"{who}=ИНН {side.inn} {side.name}",
        f"{who}ИНН={side.inn}",
        f"{who}КПП={side.kpp}",
        f"{who}1={side.name}",
        f"{who}Банк1={side.bank}",
        f"{who}БИК={side.bik}",
    ]


def _balance(code: str, minor: int, on: date) -> str:
    mark = "CRDT" if minor >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="RUB">{rubles(abs(minor))}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _entry(line: Line, party: str) -> str:
    incoming = line.minor > 0
    who, mark = ("Dbtr", "CRDT") if incoming else ("Cdtr", "DBIT")
    amount = f'<Amt Ccy="RUB">{rubles(abs(line.minor))}</Amt>'
    kind = "OrgId"
    inside = (
        f"<Nm>{line.other.name}</Nm><Id><{kind}><Othr><Id>{line.other.inn}</Id></Othr>"
        f"</{kind}></Id>"
    )
    return (
        f"<Ntry>{amount}<CdtDbtInd>{mark}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{line.day}</Dt></BookgDt><ValDt><Dt>{line.day}</Dt></ValDt>"
        f"<AcctSvcrRef>{line.reference}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<RltdPties><{who}>{party.format(inside)}</{who}>"
        f"<{who}Acct><Id><Othr><Id>{line.other.account}</Id></Othr></Id></{who}Acct></RltdPties>"
        f"<RmtInf><Ustrd>{line.purpose}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def renumbered(lines: Sequence[Line]) -> list[Line]:
    """The same lines with document numbers of their own."""
    return [replace(line, reference=str(n)) for n, line in enumerate(lines, 1)]
