"""Acts in euros of an issuer in Germany, whose sums agree."""

from dataclasses import replace
from datetime import date

from reports.headings import Heading, Replaced
from reports.issuer import Issuer, Vat
from reports.period import CLIENT, PERIOD_ACT, Customer, PeriodAct, line_of, period_act
from tests.reports.period_builders import ISSUED, scope, sums

GERMAN = Issuer(
    name="Minuta GmbH",
    tax_id="Amtsgericht Charlottenburg, HRB 86891 B, USt-IdNr. DE136695976",
    address="Chausseestraße 12, 10115 Berlin",
    contract="Terms of service, accepted when the session began",
    vats=(Vat(date(2020, 1, 1), 1900),),
    vat_mode="principal",
    vat_id="DE136695976",
)
#: Nobody's tax: what applies follows from where the buyer is.
UNTAXED = replace(GERMAN, vats=(Vat(date(2020, 1, 1), None, "§ 19 UStG"),))
AT_HOME = Customer("c1", "Müller & Söhne KG", vat_id="DE811569869", address="Köln")
ABROAD = Customer("c1", "ACME SARL", vat_id="FR40303265045", address="1 rue de la Paix, Paris")


def euro_act(
    count: int = 5, issuer: Issuer = GERMAN, customer: Customer = AT_HOME, revision: int = 1
) -> PeriodAct:
    """The fourth session came back in part."""
    per_day = max(1, count // 29)
    found = [sums(n, per_day, n == 3) for n in range(count)]
    lines = tuple(line_of(issuer, one) for one in sorted(found, key=lambda one: one.ended_at))
    moved = sum(one.charged for one in found), sum(one.refunded for one in found)
    old = Replaced(revision - 1, ISSUED, "0" * 64) if revision > 1 else None
    head = Heading(PERIOD_ACT, "U-2026-000001", revision, ISSUED, old)
    what = replace(scope("en", role=CLIENT), currency="EUR")
    return period_act(head, issuer, what, customer, lines, moved)
