"""The head of a paper goes into its data and comes back."""

from reports.headings import Heading, Replaced, heading_from_json, heading_to_json
from tests.reports.period_builders import ISSUED


def test_there_and_back() -> None:
    for replaced in (None, Replaced(1, ISSUED, "ab" * 32)):
        head = Heading("period-act", "U-2026-000002", 2, ISSUED, replaced)
        assert heading_from_json(heading_to_json(head)) == head
    assert head.name == "U-2026-000002-r2"
