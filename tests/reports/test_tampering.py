"""Altered papers and logs, all in one list, judged by `minuta verify` as people run it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from reports import Sealer, development_sealer
from reports.canonical import Json, parse
from reports.inclusion import session_entry
from reports.log_key import LogKey
from tests.reports.builders import ISSUED
from tests.reports.tampering import Desk, every_alteration
from tests.reports.test_checkpoints import SEAL
from tests.reports.test_inclusion import AT, SIZE
from tests.reports.test_log_compare import note_of, path_of
from web.__main__ import main

EVERY = every_alteration()
DISTINCT = 40
GROWN = SIZE + 2


@pytest.fixture(scope="module")
def desk(sealer: Sealer, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(sealer, development_sealer(tmp_path_factory.mktemp("stranger"), ISSUED))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sealer: Sealer) -> None:
    (tmp_path / "root.pem").write_bytes(sealer.trust_pem)
    monkeypatch.chdir(tmp_path)


def verified(data: bytes, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, Json]:
    """Exit code and what is told of the file."""
    Path("paper.pdf").write_bytes(data)
    code = main(["verify", "--offline", "--json", "--trust", "root.pem", *more, "paper.pdf"])
    return code, json.loads(capsys.readouterr().out)[0]


def faults(told: Json) -> list[str]:
    found = [one for one in told["findings"] if one["good"] is False]
    return [f"{one['check']} {one['where']}: {one['text']}" for one in found]


def test_the_paper_itself_is_authentic(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = verified(desk.pdf, capsys)
    assert (code, faults(told)) == (0, [])
    checked = {one["check"] for one in told["findings"] if one["good"]}
    assert checked >= {"record", "receipts", "signatures", "witness", "log", "heading", "pages"}


@pytest.mark.parametrize("name", EVERY)
def test_each_alteration_is_caught_and_named(
    name: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    make, wanted, finding = EVERY[name]
    code, told = verified(make(desk), capsys)
    assert code == wanted
    assert any(one.startswith(finding) for one in faults(told)), faults(told)


def test_there_are_many_and_their_names_tell_them_apart() -> None:
    assert len(EVERY) >= DISTINCT
    assert len({finding for _, _, finding in EVERY.values()}) >= DISTINCT


ENTRIES = [session_entry(f"S-2026-{n:06d}", "ab" * 32) for n in range(GROWN)]


def history(desk: Desk, forged: bool = False) -> list[bytes]:
    """The log that the file stands in, two leaves later; or one where another leaf was altered."""
    entries = list(ENTRIES)
    entries[AT] = parse(desk.proof)["entry"].encode()
    if forged:
        entries[0] = session_entry("S-2026-000000", "cd" * 32)
    return entries


@contextmanager
def published(entries: list[bytes], size: int, key: LogKey) -> Iterator[str]:
    """A log that answers as ours does; its address."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = {name: int(one[0]) for name, one in parse_qs(asked.query).items()}
            body = note_of(entries, size, key)
            if query:
                body = json.dumps({"path": path_of(entries, query["from"], query["to"])})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


LOGS = {
    "the log that goes on": (False, GROWN, False, 0, "goes on from"),
    "an old checkpoint": (False, SIZE - 2, False, 0, f"the log of {SIZE - 2} goes on"),
    "a history rewritten": (True, GROWN, False, 1, "does not go on from"),
    "a history rewritten at its size": (True, SIZE, False, 1, "does not go on from"),
    "an old checkpoint of another history": (True, SIZE - 2, False, 1, "does not go on from"),
    "another key of the log": (False, GROWN, True, 2, "signed by another key"),
}


@pytest.mark.parametrize("name", LOGS)
def test_the_published_log_is_compared(
    name: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    forged, size, stranger, wanted, text = LOGS[name]
    ours = desk.sealer.log
    key = LogKey.of_seal(SEAL, ours.public.name) if stranger else ours
    with published(history(desk, forged), size, key) as url:
        code, told = verified(desk.pdf, capsys, "--log", url)
    assert code == wanted, told["log"]
    assert text in told["log"]["text"]
