"""Not one byte between the brackets of the seal may be another one."""

from reports import Sealer
from reports.container import is_plain
from reports.press import sealed
from reports.seal import inspect_signature
from tests.reports.builders import ISSUED, document, facts


def test_only_what_we_write_is_plain(sealer: Sealer) -> None:
    pdf = sealed(document(one=facts(seconds=60, gaps=())), sealer)
    seal = inspect_signature(pdf, sealer.trust_pem, ISSUED)
    begin, end = seal.gap
    assert (pdf[begin : begin + 1], pdf[end - 1 : end]) == (b"<", b">")
    assert is_plain(pdf, seal.gap, seal.cms)
    for at in (*range(begin, begin + 2400, 37), *range(end - 200, end)):
        bent = pdf[:at] + bytes([pdf[at] ^ 0x20]) + pdf[at + 1 :]
        assert not is_plain(bent, seal.gap, seal.cms), at
    assert not is_plain(pdf, (begin, end - 2), seal.cms)


def test_the_container_of_another_seal_is_not_plain(sealer: Sealer) -> None:
    """Sound in itself, but not what lies there."""
    one, other = (sealed(document(one=facts(seconds=s, gaps=())), sealer) for s in (60, 120))
    seal = inspect_signature(one, sealer.trust_pem, ISSUED)
    stranger = inspect_signature(other, sealer.trust_pem, ISSUED)
    assert not is_plain(one, seal.gap, stranger.cms)
