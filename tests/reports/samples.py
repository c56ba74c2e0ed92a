"""A sample of every kind of paper, Russian and English: `make samples` writes docs/samples/.

The PDF are not sealed, so that they are the same bytes every time; the pictures show first pages.
A new kind is one more line in KINDS.
"""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf

from reports.agent_report import AgentReport, Sold
from reports.documents import ACT, PROTOCOL, Document, build, in_language
from reports.facts import SessionFacts
from reports.headings import LANGUAGES, Replaced
from reports.issuer import BASIC_RATE, FREE_OF_VAT, Issuer
from reports.period import PeriodAct
from reports.press import Printable, printed
from reports.reconciliation import Reconciliation
from reports.statement import Statement
from tests.reports import period_builders as days
from tests.reports.builders import ISSUED, facts, heading, reviewed, settled
from tests.reports.settlement_builders import reconciliation, report
from tests.reports.test_price import sold

FOLDER = Path(__file__).parents[2] / "docs" / "samples"
PAGES_SHOWN = 2
DPI = 80
ENGLISH = Issuer(
    name="Minuta LLC",
    tax_id="INN 7799123455, KPP 779901001",
    address="12 bld. 1 Krivokolenny per., Moscow 101000, Russia",
    contract="Public offer of the service Minuta, accepted when a session begins",
    signer_post="General director",
    signer="E. V. Orlova",
    seal_name="Minuta, documents",
    zone_name="Moscow",
    vats=(replace(FREE_OF_VAT, ground="art. 145 of the Tax Code, simplified taxation"),),
)
TOPICS = (
    "A receipt does not post: the period is closed",
    "Exchange with the bank",
    "Payroll: income tax of the pay slips differs from the register and the notice for October",
    "Printed form of a transfer document",
    "An update failed: rolled back and run once more",
)
NAMES = ("Anastasia Voskresenskaya", "Dinara Akhmetova", "Marina Kim")


def session(
    kind: str, make: Callable[[], SessionFacts], revision: int = 1
) -> Callable[..., Document]:
    """A paper of one session; a later revision names the one that it replaces."""

    def made(language: str) -> Document:
        head = heading(kind, revision)
        if revision > 1:
            head = replace(head, replaces=Replaced(revision - 1, ISSUED, "ab" * 32))
        if language == "ru":
            return build(head, Issuer(), make())
        return in_language(build(head, ENGLISH, _in_english(make())), language)

    return made


def _in_english(one: SessionFacts) -> SessionFacts:
    said = ("Solved, thank you. https://its.example.org/db/metod8dev/content/4711/hdoc/_top", "")
    comments = zip(one.reviews, said, strict=False)
    return replace(
        one,
        topic=TOPICS[2],
        result="The surplus correction was reversed; register and notice agree." * bool(one.result),
        outcome_comment="The report still differs" if one.outcome_comment else "",
        host=replace(one.host, name=NAMES[2]),
        client=replace(one.client, name="Upper Volga Technologies LLC"),
        reviews=tuple(replace(review, comment=comment) for review, comment in comments),
    )


def period_act(count: int, taxed: bool = False) -> Callable[[str], PeriodAct]:
    def made(language: str) -> PeriodAct:
        issuer = ENGLISH if language == "en" else Issuer()
        if taxed:
            issuer = replace(issuer, vats=BASIC_RATE, vat_mode="principal")
        act = days.act(count, language, issuer)
        if language == "ru":
            return act
        lines = tuple(
            replace(line, topic=TOPICS[n % 5], other_name=NAMES[n % 3])
            for n, line in enumerate(act.lines)
        )
        return replace(act, lines=lines, customer=_customer())

    return made


def statement(count: int) -> Callable[[str], Statement]:
    def made(language: str) -> Statement:
        one = days.statement(count, language)
        return one if language == "ru" else replace(one, issuer=ENGLISH, customer=_customer())

    return made


def settlement(
    make: Callable[[str], Reconciliation | AgentReport],
) -> Callable[[str], Reconciliation | AgentReport]:
    def made(language: str) -> Reconciliation | AgentReport:
        one = make(language)
        if language == "ru":
            return one
        one = replace(one, issuer=ENGLISH, customer=_customer())
        if isinstance(one, Reconciliation):
            return one
        return replace(
            one, lines=tuple(_sold_in_english(n, sold) for n, sold in enumerate(one.lines))
        )

    return made


def _sold_in_english(n: int, sold: Sold) -> Sold:
    line = replace(sold.line, topic=TOPICS[n % 5], other_name=NAMES[n % 3])
    return replace(sold, line=line)


def _customer() -> days.Customer:
    address = "3 Respublikanskaya st., Yaroslavl 150003, Russia"
    return replace(days.CUSTOMER, name="Upper Volga Technologies LLC", address=address)


KINDS: dict[str, Callable[[str], Printable]] = {
    "protocol": session(PROTOCOL, lambda: reviewed(facts())),
    "protocol-short": session(PROTOCOL, lambda: facts(seconds=170, gaps=())),
    "protocol-long": session(
        PROTOCOL,
        lambda: reviewed(
            settled(facts("client-pays", 190 * 60, ((1020, 300), (3640, 45))), "resolved")
        ),
    ),
    "act": session(ACT, lambda: settled(facts("client-pays"), "resolved")),
    "act-of-seconds": session(ACT, lambda: sold((60, 20_00), (30, 10_00))),
    "act-corrected": session(ACT, lambda: settled(facts("client-pays"), "unresolved"), 2),
    "period-act": period_act(7),
    "period-act-long": period_act(60, taxed=True),
    "statement": statement(9),
    "statement-long": statement(60),
    "reconciliation": settlement(lambda language: reconciliation(9, language, earning=4)),
    "agent-report": settlement(lambda language: report(12, language)),
}


def write(folder: Path = FOLDER) -> None:
    """Every kind in every language: the file, and a picture of each of its first pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, make in KINDS.items():
        for language in LANGUAGES:
            path = folder / f"{kind}-{language}.pdf"
            path.write_bytes(printed(make(language)))
            _picture(path)


def _picture(path: Path) -> None:
    with pikepdf.open(path) as pdf:
        pages = min(len(pdf.pages), PAGES_SHOWN)
    for page in range(1, pages + 1):
        name = path.with_suffix("") if page == 1 else path.with_name(f"{path.stem}-{page}")
        which = ["-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile"]
        subprocess.run(["pdftoppm", "-png", *which, str(path), str(name)], check=True)


if __name__ == "__main__":
    write()
