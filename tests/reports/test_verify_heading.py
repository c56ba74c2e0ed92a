"""Heads that no paper of ours has."""

from datetime import UTC, datetime, timedelta

import pytest

from reports.headings import Heading, Replaced, heading_to_json
from reports.issuer import Issuer
from reports.verify_heading import heading_finding

AT = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)  # in Moscow it is 2027 already
OLD = Replaced(1, AT - timedelta(days=1), "ab" * 32)


def where(heading: Heading) -> str:
    body = {"document": heading_to_json(heading), "issuer": Issuer().to_json()}
    found = heading_finding(body)
    assert found.good is not bool(found.where)
    return found.where


@pytest.mark.parametrize(
    "heading",
    [
        Heading("protocol", "P-2027-000001", 1, AT),
        Heading("act", "A-2027-1000001", 2, AT, OLD),
        Heading("statement", "L-2026-000001", 2, AT, OLD),
    ],
)
def test_heads_of_ours(heading: Heading) -> None:
    assert where(heading) == ""


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        (Heading("bill", "P-2027-000001", 1, AT), "kind"),
        (Heading("act", "P-2027-000001", 1, AT), "number"),
        (Heading("act", "A-2026-000001", 1, AT), "number"),
        (Heading("act", "A-2028-000001", 2, AT, OLD), "number"),
        (Heading("act", "A-27-1", 1, AT), "number"),
        (Heading("act", "A-2027-000001", 2, AT), "replaces"),
        (Heading("act", "A-2027-000001", 1, AT, OLD), "replaces"),
        (Heading("act", "A-2027-000001", 3, AT, OLD), "replaces"),
        (Heading("act", "A-2027-000001", 2, AT, Replaced(1, AT, "AB" * 32)), "replaces"),
        (
            Heading("act", "A-2027-000001", 2, AT, Replaced(1, AT + timedelta(1), "ab" * 32)),
            "replaces",
        ),
    ],
)
def test_heads_of_nobody(heading: Heading, place: str) -> None:
    assert where(heading) == f"document.{place}"
