"""Signatures of both ends travel in the paper; whatever is done to them is seen without us."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from metering import Cosignature, Receipt
from metering.cosigning import unwired
from reports import Issuer, Sealer, verify_file, verify_text
from reports.canonical import parse
from reports.documents import PROTOCOL, build, session_json
from reports.facts import SessionFacts, from_json, to_json
from reports.findings import AUTHENTIC
from reports.press import sealed
from reports.signatures import signatures_finding, signed_line, unsigned
from tests.reports.builders import ISSUED, facts, heading, record_of
from web.pen import Pen

OURS = Ed25519PrivateKey.generate()
NODE = OURS.public_key().public_bytes_raw().hex()
AT = "2026-11-20T11:04:00.000000Z"


def signed(one: SessionFacts, skip: tuple[tuple[str, int], ...] = ()) -> SessionFacts:
    """Both sides have signed every minute, but for those of `skip`."""
    pens = {leg: Pen(one.number) for leg in ("client", "host")}
    chain: list[Cosignature] = []
    for body in one.receipts:
        receipt = Receipt(**{name: value for name, value in body.items() if name != "v"})
        for leg, pen in pens.items():
            if (leg, receipt.n) in skip:
                continue
            raw = pen.signature(receipt.canonical.encode())
            prev = chain[-1].hash if chain else "0" * 64
            link = Cosignature(
                one.number, len(chain) + 1, receipt.n, leg, receipt.hash, _hex(raw), AT, prev, NODE
            )
            chain.append(link._replace(counter=OURS.sign(link.digest).hex()))
    keys = {leg: pen.key.hex() for leg, pen in pens.items()}
    told = [("cosigner", {"by": leg, "key": key}) for leg, key in keys.items()]
    end = ("cosigned", {"count": len(chain), "head": chain[-1].hash})
    signers = [
        {"leg": leg, "stand": "signs", "key": key, "why": "", "by": leg, "at": AT}
        for leg, key in keys.items()
    ]
    links = [link._asdict() for link in chain]
    for link in links:
        del link["session"]
    cosigning = {"signers": signers, "signatures": links}
    record = record_of(*told, end, ("ended", {"cause": "host"}))
    return replace(one, record=record, cosigning=cosigning)


def _hex(wired: str) -> str:
    raw = unwired(wired, 64)
    assert raw is not None
    return raw.hex()


@pytest.fixture(scope="module")
def both() -> SessionFacts:
    return signed(facts(seconds=230, gaps=()))


def test_a_paper_says_who_signed_how_many_minutes(sealer: Sealer) -> None:
    one = signed(facts(seconds=230, gaps=()), skip=(("client", 3), ("client", 4)))
    paper = sealed(build(heading(PROTOCOL), sealer.issuer, one), sealer)
    verdict = verify_file(paper, sealer.trust_pem, ISSUED)
    assert verdict.code == AUTHENTIC, verify_text(verdict)
    assert "подписали клиент: 2; консультант: 4" in verify_text(verdict)
    assert unsigned(one) == [3, 4]
    assert signed_line(one).endswith("Не подписаны обеими сторонами: 3–4")


def test_what_the_file_says_comes_back(both: SessionFacts) -> None:
    assert from_json(to_json(both)) == both
    plain = facts(seconds=230, gaps=())
    assert "cosigning" not in to_json(plain)
    assert signatures_finding(plain) is None
    assert signed_line(plain) == ""


def moved(told: dict[str, Any]) -> None:
    links = told["signatures"]
    links[0]["signature"], links[2]["signature"] = links[2]["signature"], links[0]["signature"]


def swapped(told: dict[str, Any]) -> None:
    one, other = told["signers"]
    one["key"], other["key"] = other["key"], one["key"]


def dropped(told: dict[str, Any]) -> None:
    told["signatures"] = [link for link in told["signatures"] if link["n"] != 2]


def cut(told: dict[str, Any]) -> None:
    del told["signatures"][-2:]


def forged(told: dict[str, Any]) -> None:
    """Another key in place of the one in the record, with signatures of its own."""
    told["signers"][0]["key"] = Pen("S-2026-000001").key.hex()


def emptied(told: dict[str, Any]) -> None:
    told["signatures"].clear()


@pytest.mark.parametrize("harm", [moved, swapped, dropped, cut, forged, emptied])
def test_harm_is_seen(both: SessionFacts, harm: Callable[[dict[str, Any]], None]) -> None:
    copy = parse(session_json(build(heading(PROTOCOL), Issuer(), both)))
    found = signatures_finding(from_json(copy))
    assert found is not None
    assert found.good
    harm(copy["cosigning"])
    found = signatures_finding(from_json(copy))
    assert found is not None
    assert found.good is False


def test_a_minute_that_is_dropped_with_its_receipt_is_missed(both: SessionFacts) -> None:
    less = replace(both, charges=both.charges[:-1], receipts=both.receipts[:-1])
    found = signatures_finding(less)
    assert found is not None
    assert found.good is False
