"""Whatever moves a balance has a name for its owner."""

import pytest

from tests.ledger.catalogue import JOURNALS
from web.faces import environment

OWN = {"prepaid", "earnings"}
KINDS = sorted({name.split()[1] for name, touched in JOURNALS.items() if OWN & {*touched.split()}})


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_no_movement_of_a_balance_is_called_other(locale: str) -> None:
    template = environment(locale).from_string(
        '{% import "macros.html" as m with context %}{{ m.movement(code) }}'
    )
    other = template.render(code="something new").strip()
    named = {kind: template.render(code=kind).strip() for kind in KINDS}
    assert [kind for kind, text in named.items() if text == other] == []
