"""Judges our transfer documents by the official schema, which may not be kept in this tree:

    python -m tests.reports.against_schema ON_NSCHFDOPPR_1_997_01_05_03_05.xsd

Prints each file with its errors; the exit code is 1 when there is one.
"""

import sys

from lxml import etree

from reports.documents import Act
from reports.issuer import BASIC_RATE, Issuer
from reports.upd import UpdParty, upd_of
from reports.upd_xml import written
from tests.reports import builders, period_builders
from tests.reports.period_builders import PAYS_VAT
from tests.reports.test_upd import BUYER, DAY
from tests.reports.test_upd_xml import SIDES


def main(path: str) -> int:
    schema = etree.XMLSchema(etree.parse(path))
    found = 0
    acts = [
        period_builders.act(40, issuer=one) for one in (None, PAYS_VAT, Issuer(vats=BASIC_RATE))
    ]
    session = builders.act()
    assert isinstance(session, Act)
    for act in (session, *acts, period_builders.act(issuer=PAYS_VAT, revision=3)):
        for side in (BUYER, *SIDES.values(), UpdParty("Мария", address="Тверь")):
            made = upd_of(act, side, DAY)
            name, data = written(made)
            schema.validate(etree.fromstring(data))
            errors = [str(error) for error in schema.error_log]
            found += len(errors)
            print(made.function, len(made.lines), name, *(errors or ["sound"]), sep="  ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
