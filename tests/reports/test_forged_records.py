"""Records of the relay in a paper of a stranger: what was forged is named."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay import Minutes, SecondWitnessed, record_hash
from reports.facts import SessionFacts
from reports.witness import KIND, witness_finding
from tests.reports.builders import FIRST, facts

KEY = Ed25519PrivateKey.generate()


def told(one: SessionFacts) -> dict[str, Any]:
    """What the platform noted of a minute with a single second."""
    minutes = Minutes(one.number, "r1", "n-1", "0.1.0", 0)
    minutes.take(SecondWitnessed(one.number, FIRST, (), (("client", "host"),)))
    record = minutes.close(1_000)
    return {
        "record": record,
        "key": KEY.public_key().public_bytes_raw().hex(),
        "signature": KEY.sign(bytes.fromhex(record_hash(record))).hex(),
    }


def paper(body: object) -> SessionFacts:
    return replace(facts(), record=({"kind": KIND, "body": body},))


@pytest.mark.parametrize("name", ["session", "run", "prev", "n", "from", "to", "mutual_s"])
def test_a_forged_record_is_named_as_one(name: str) -> None:
    body = told(facts())
    del body["record"][name]
    for forged in (body, {**body, "record": None}, {"record": body["record"]}, None):
        finding = witness_finding(paper(forged))
        assert finding is not None
        assert (finding.good, finding.en) == (False, "minute record 1 is not one")
