"""The electronic invoice of a paper equals its data, or what differs is named."""

import io
from collections.abc import Callable

import pikepdf
import pytest

from reports import Sealer, verify_file
from reports.canonical import parse
from reports.findings import AUTHENTIC, CHANGED
from reports.hybrid import INVOICE_FILE, invoice_in
from reports.period import act_json
from reports.press import printed, sealed
from reports.verify_xml import xml_finding
from tests.reports import period_builders
from tests.reports.euro_builders import euro_act
from tests.reports.period_builders import ISSUED

BODY = parse(act_json(euro_act()))
SOUND = invoice_in(printed(euro_act()))


def test_equal(sealer: Sealer) -> None:
    assert [one.good for one in xml_finding(SOUND, BODY)] == [True]
    verdict = verify_file(sealed(euro_act(), sealer), sealer.trust_pem, ISSUED)
    assert verdict.code == AUTHENTIC, verdict.faults
    assert "xml" in {one.check for one in verdict.findings}


def test_papers_without_one() -> None:
    body = parse(act_json(period_builders.act(3)))
    assert xml_finding(b"", body) == []
    assert [one.good for one in xml_finding(SOUND, body)] == [False]
    assert [one.good for one in xml_finding(b"", BODY)] == [False]
    assert xml_finding(b"", {"format": "minuta-act/1"}) == []
    assert [one.good for one in xml_finding(SOUND, {"format": "minuta-act/1"})] == [False]


def _with(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old, new, 1)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (_with(b">S<", b">Z<"), "CategoryCode Z"),
        (_with(b"DE811569869", b"DE136695976"), "ID DE136695976"),
        (_with(b"20261031", b"20261101"), "DateTimeString 20261101"),
        (_with(b"<ram:DuePayableAmount>0.00", b"<ram:DuePayableAmount>9.99"), "DuePayableAmount"),
        (_with(b"</ram:IncludedNote>", b"</ram:IncludedNote><ram:More/>"), "IncludedNote"),
        (lambda data: data[: len(data) // 2], "not XML"),
        (lambda data: data + b"<!-- more -->", ""),
    ],
)
def test_what_differs_is_named(change: Callable[[bytes], bytes], place: str) -> None:
    bent = change(SOUND)
    assert bent != SOUND
    (found,) = xml_finding(bent, BODY)
    assert found.good is False
    assert found.where.startswith(f"{INVOICE_FILE} {place}".strip())


def test_even_under_our_own_seal(sealer: Sealer) -> None:
    """Who has the key and puts another invoice into the paper is found by the data."""
    with pikepdf.open(io.BytesIO(printed(euro_act()))) as pdf:
        spec = pdf.attachments[INVOICE_FILE].obj
        spec.EF.F.write(SOUND.replace(b"0.00<", b"9.00<"))
        made = io.BytesIO()
        pdf.save(made)
    verdict = verify_file(sealer.seal(made.getvalue(), ISSUED), sealer.trust_pem, ISSUED)
    assert verdict.code == CHANGED
    assert "xml" in {one.check for one in verdict.faults}
