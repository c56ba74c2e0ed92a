"""What a check found and what follows from all of them. Pure; words in Russian and English."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.canonical import Json

AUTHENTIC, CHANGED, UNKNOWN_ISSUER, NOT_MINUTA = range(4)
NAMES = {
    "seal": ("Печать", "Seal"),
    "issuer": ("Издатель", "Issuer"),
    "file": ("Файл", "File"),
    "data": ("Вложенные данные", "Attached data"),
    "heading": ("Номер и версия", "Number and revision"),
    "pages": ("Страницы", "Pages"),
    "record": ("Журнал событий", "Event chain"),
    "receipts": ("Минутные квитанции", "Minute receipts"),
    "signatures": ("Подписи сторон", "Signatures of the sides"),
    "log": ("Журнал прозрачности", "Transparency log"),
    "witness": ("Записи ретранслятора", "Minute records"),
    "minutes": ("Минуты", "Minutes"),
    "money": ("Деньги", "Money"),
    "lines": ("Строки", "Lines"),
    "rates": ("Итоги по ставкам", "Totals by rate"),
    "totals": ("Итоги", "Totals"),
    "xml": ("Электронный счёт", "Electronic invoice"),
}
VERDICTS = {
    AUTHENTIC: ("Документ подлинный", "Authentic"),
    CHANGED: ("Документ изменён", "Changed"),
    UNKNOWN_ISSUER: ("Издатель неизвестен", "Unknown issuer"),
    NOT_MINUTA: ("Это не документ Минуты", "Not a Minuta document"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `good` is None when it could not be made. `where` names the damaged part."""

    check: str
    good: bool | None
    ru: str
    en: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` is the exit code of `minuta verify`; the rest as far as the file is readable."""

    code: int
    findings: tuple[Finding, ...]
    name: str = ""
    kind: str = ""
    session: str = ""
    issued_at: str = ""
    signer: str = ""
    sha256: str = ""
    totals: Json = field(default_factory=dict)

    @property
    def authentic(self) -> bool:
        return self.code == AUTHENTIC

    @property
    def faults(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.good is False)


def code_of(findings: Sequence[Finding]) -> int:
    """Any damage makes the file changed; a sound file of a stranger has an unknown issuer."""
    bad = {one.check for one in findings if one.good is False}
    if bad - {"issuer"}:
        return CHANGED
    return UNKNOWN_ISSUER if bad else AUTHENTIC


def verify_text(verdict: Verdict, locale: str = "ru") -> str:
    """Lines for a person: the verdict, what the file says it is, every check."""
    word = 0 if locale == "ru" else 1
    title = VERDICTS[verdict.code][word]
    lines = [f"{title}: {verdict.name}" if verdict.name else title]
    if verdict.session:
        lines.append(f"  {verdict.session}, {verdict.issued_at}, {verdict.signer}".rstrip(", "))
    marks = {True: "+", False: "!", None: "?"}
    for one in verdict.findings:
        where = f" [{one.where}]" if one.where else ""
        text = one.ru if locale == "ru" else one.en
        lines.append(f"  {marks[one.good]} {NAMES[one.check][word]}{where}: {text}")
    return "\n".join(lines)


def verify_json(verdict: Verdict) -> Json:
    """The same for machines."""
    return {
        "code": verdict.code,
        "verdict": ("authentic", "changed", "unknown_issuer", "not_minuta")[verdict.code],
        "name": verdict.name,
        "kind": verdict.kind,
        "session": verdict.session,
        "issued_at": verdict.issued_at,
        "signer": verdict.signer,
        "sha256": verdict.sha256,
        "totals": verdict.totals,
        "findings": [
            {"check": one.check, "good": one.good, "where": one.where, "text": one.en}
            for one in verdict.findings
        ],
    }
