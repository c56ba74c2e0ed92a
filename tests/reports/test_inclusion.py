"""A proof inside a sealed file: it holds, and each thing that can be altered is named."""

import base64
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from reports import Sealer, verify_file, verify_text
from reports.archive import INCLUSION
from reports.canonical import Json, canonical, parse
from reports.checkpoints import LogPublicKey
from reports.findings import AUTHENTIC, CHANGED
from reports.inclusion import (
    FAULTS,
    Proof,
    document_entry,
    inclusion_json,
    inclusion_of,
    log_finding,
    session_entry,
)
from reports.log_key import LogKey, endorsed
from reports.merkle import hashes, inclusion_spans, leaf_hash
from reports.press import pressed, sealed
from reports.seal import attachment_of, inclusion_in, inspect_signature
from tests.reports.builders import ISSUED, document, facts
from tests.reports.test_merkle import tree

AT, SIZE = 2, 7


@dataclass(frozen=True)
class Logged:
    raw: bytes
    sha256: str
    cms: bytes
    pdf: bytes

    def judged(self, change: Callable[[Json], object]) -> object:
        body = parse(self.raw)
        change(body)
        return inclusion_of(canonical(body), self.sha256, self.cms)


def proof_of(sealer: Sealer, entry: bytes) -> bytes:
    others = [session_entry(f"S-2026-{n:06d}", "ab" * 32) for n in range(SIZE)]
    nodes = tree([*others[:AT], entry, *others[AT + 1 :]])
    note = sealer.log.note(SIZE, hashes([(0, SIZE)], nodes)[0])
    path = tuple(hashes(inclusion_spans(AT, SIZE), nodes))
    return inclusion_json(entry, Proof(AT, SIZE, path, note), sealer.log)


@pytest.fixture(scope="module")
def logged(sealer: Sealer) -> Logged:
    paper = document(one=facts(seconds=60, gaps=()))
    sha256 = pressed(paper).sha256
    raw = proof_of(sealer, document_entry(sha256))
    pdf = sealed(paper, sealer, raw)
    return Logged(raw, sha256, inspect_signature(pdf, sealer.trust_pem, ISSUED).cms, pdf)


def test_a_logged_file_is_authentic_and_says_where_it_stands(
    sealer: Sealer, logged: Logged
) -> None:
    verdict = verify_file(logged.pdf, sealer.trust_pem, ISSUED)
    assert verdict.code == AUTHENTIC
    assert [one.good for one in verdict.findings] == [True] * 11
    assert inclusion_in(logged.pdf) == logged.raw
    data, _ = attachment_of(logged.pdf)
    assert hashlib.sha256(data or b"").hexdigest() == logged.sha256
    said = verify_text(verdict, "en").splitlines()[-1]
    assert said == "  + Transparency log: leaf 2 under the checkpoint of 7, localhost:8080/log"


def put(name: str, value: object) -> Callable[[Json], object]:
    return lambda body: body.update({name: value})


def in_note(line: int, change: Callable[[str], str]) -> Callable[[Json], object]:
    """A line of the checkpoint made another: origin, size, root, "", signature."""

    def changed(body: Json) -> None:
        lines = body["checkpoint"].split("\n")
        lines[line] = change(lines[line])
        body["checkpoint"] = "\n".join(lines)

    return changed


def other_root(line: str) -> str:
    return base64.b64encode(leaf_hash(line.encode())).decode()


def other_signature(line: str) -> str:
    head, name, data = line.split(" ")
    raw = bytearray(base64.b64decode(data))
    raw[-1] ^= 1
    return f"{head} {name} {base64.b64encode(raw).decode()}"


def both_sizes(body: Json) -> None:
    in_note(1, lambda _: "8")(body)
    body["size"] = 8


def path_bent(body: Json) -> None:
    body["path"][1] = body["path"][0]


DAMAGES: dict[str, tuple[Callable[[Json], object], str]] = {
    "leaf": (put("entry", document_entry("0" * 64).decode()), "leaf"),
    "session's leaf": (put("entry", session_entry("S-1", "0" * 64).decode()), "leaf"),
    "path altered": (path_bent, "path"),
    "path shorter": (lambda body: body["path"].pop(), "path"),
    "path longer": (lambda body: body["path"].append("00" * 32), "path"),
    "path of another place": (put("index", AT + 1), "path"),
    "place outside": (put("index", SIZE), "path"),
    "place below": (put("index", -1), "path"),
    "root": (in_note(2, other_root), "root"),
    "signature": (in_note(4, other_signature), "signature"),
    "size of the checkpoint": (in_note(1, lambda _: "8"), "size"),
    "size of the proof": (put("size", 6), "size"),
    "both sizes": (both_sizes, "signature"),
    "origin": (in_note(0, lambda _: "example.org/log"), "key"),
    "not a checkpoint": (put("checkpoint", "hello"), "form"),
    "no signature": (in_note(4, lambda _: ""), "form"),
    "no path": (lambda body: body.pop("path"), "file"),
    "path of words": (put("path", ["x"]), "file"),
    "place in words": (put("index", "2"), "file"),
    "place as a truth": (put("index", True), "file"),
    "path in capitals": (lambda body: body.update(path=[x.upper() for x in body["path"]]), "file"),
    "format": (put("format", "minuta-inclusion/2"), "file"),
    "endorsement": (put("endorsement", "AAAA"), "key"),
    "endorsement of another kind": (put("endorsement", 7), "key"),
    "not a key": (put("key", "localhost+00+00"), "key"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_alteration_is_named(logged: Logged, damage: str) -> None:
    change, name = DAMAGES[damage]
    assert logged.judged(change) == name


def test_another_log_with_a_proof_that_adds_up_is_another_key(
    sealer: Sealer, logged: Logged
) -> None:
    """Everything right, but signed by somebody who has no seal of ours."""
    stranger = ec.derive_private_key(7, ec.SECP256R1())
    key = LogKey.of_seal(stranger, sealer.log.public.name)
    said = inclusion_of(logged.raw, logged.sha256, logged.cms)
    assert not isinstance(said, str)
    body = parse(logged.raw)
    path = tuple(bytes.fromhex(one) for one in body["path"])
    note = key.note(SIZE, said.checkpoint.root)
    forged = inclusion_json(document_entry(logged.sha256), Proof(AT, SIZE, path, note), key)
    assert inclusion_of(forged, logged.sha256, logged.cms) == "key"
    body["checkpoint"] = note
    assert inclusion_of(canonical(body), logged.sha256, logged.cms) == "key"
    assert not endorsed(LogPublicKey(key.public.name, key.public.key), "", b"")


def test_what_cannot_be_read_is_told_apart(logged: Logged) -> None:
    for raw in (b"[]", b"{", b"{}", logged.raw + b" "):
        assert inclusion_of(raw, logged.sha256, logged.cms) == "file"
    assert log_finding(b"", logged.sha256, logged.cms).good is None
    assert log_finding(logged.raw, logged.sha256, b"").good is None


def test_no_bit_passes_and_none_raises(logged: Logged) -> None:
    """Bits of the proof, and of the container that holds the seal's certificate."""
    chance = random.Random(6962)
    for _ in range(150):
        raw, cms = bytearray(logged.raw), bytearray(logged.cms)
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        cms[chance.randrange(len(cms))] ^= 1 << chance.randrange(8)
        assert inclusion_of(bytes(raw), logged.sha256, logged.cms) in FAULTS
        inclusion_of(logged.raw, logged.sha256, bytes(cms))


def test_a_sealed_file_with_another_proof_is_changed(sealer: Sealer) -> None:
    """Even the platform cannot seal a document under the proof of another one."""
    paper = document(one=facts(seconds=60, gaps=()))
    pdf = sealed(paper, sealer, proof_of(sealer, document_entry("5" * 64)))
    verdict = verify_file(pdf, sealer.trust_pem, ISSUED)
    assert verdict.code == CHANGED
    assert [f"{one.check} {one.where}" for one in verdict.faults] == [f"log {INCLUSION} leaf"]
