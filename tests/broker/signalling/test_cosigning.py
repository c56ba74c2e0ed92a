"""Keys and signatures on the wire: taken as they are, judged elsewhere."""

import pytest

from broker.signalling import ProtocolError, cosigning, effects, parse, parse_server, to_json
from tests.broker.signalling.builders import codes, frame, opened

BODY = cosigning.ReceiptBody(1, "S-2026-000001", 1, 0, 60, 100, 100, "RUB", 1_800_000_000, "0" * 64)


@pytest.mark.parametrize(
    "said",
    [
        cosigning.CosignKey("k" * 87, "p" * 86),
        cosigning.CosignCannot("no_crypto"),
        cosigning.Cosign(3, "s" * 86),
        cosigning.CosignWaive("client"),
    ],
)
def test_what_a_page_says_becomes_one_effect(said: cosigning.FromClient) -> None:
    assert opened().receive(to_json(said)) == [effects.Signing(said)]


@pytest.mark.parametrize(
    "told",
    [
        cosigning.Receipts((BODY, BODY)),
        cosigning.Cosigned(1, "host"),
        cosigning.Cosigners((cosigning.Signer("host", "silent", True),)),
    ],
)
def test_what_a_page_is_told_comes_back(told: cosigning.FromServer) -> None:
    assert parse_server(to_json(told, 7)) == (7, told)


def test_a_reason_that_we_do_not_know_is_none() -> None:
    assert codes(opened().receive(frame("cosign_cannot", why="lazy"))) == ["wrong_value"]
    with pytest.raises(ProtocolError, match="out_of_range"):
        parse(frame("cosign", n=-1, signature="s"))
