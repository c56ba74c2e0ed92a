"""Which files may be given, under which names, and who may do what with them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.sessions import errors, files
from broker.sessions.files import NAME_CHARS_MAX, REFUSED_ENDINGS, REFUSED_HEADS, File

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SHA = "ab" * 32
MB = 1024 * 1024


def offered(name: str = "счёт.pdf", size: int = 10, **more: str) -> File:
    told = {"id": "file-0001", "sha256": SHA, "kind": "application/pdf"} | more
    id, sha256, kind = told["id"], told["sha256"], told["kind"]
    return files.offer("S-2026-000001", "client", id, name, size, sha256, kind, NOON, MB)


def test_an_offer_keeps_what_was_announced() -> None:
    file = offered("../счёт.pdf")
    assert (file.name, file.size, file.sha256, file.state) == ("счёт.pdf", 10, SHA, "offered")
    assert (file.by, file.accepted, file.kept) == ("client", False, True)
    assert offered(kind="text/html; charset=x").kind == "application/octet-stream"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"id": "short"}, "id"),
        ({"id": "../../../etc"}, "id"),
        ({"id": "x" * 65}, "id"),
        ({"sha256": SHA.upper()}, "sha256"),
        ({"sha256": SHA[1:]}, "sha256"),
    ],
)
def test_what_is_no_id_and_no_hash(more: dict[str, str], field: str) -> None:
    with pytest.raises(errors.BadFile) as refused:
        offered(**more)
    assert refused.value.field == field


def test_size_has_both_ends() -> None:
    assert offered(size=MB).size == MB
    with pytest.raises(errors.FileTooBig):
        offered(size=MB + 1)
    with pytest.raises(errors.BadFile):
        offered(size=0)


@pytest.mark.parametrize(
    "name", ["a.exe", "A.EXE", "счёт.pdf.scr", "a.exe. ", "a\u202efdp.exe", "x/y.bat", "a.jar\x00"]
)
def test_programs_are_refused_by_their_ending(name: str) -> None:
    with pytest.raises(errors.FileRefused):
        offered(name)


@pytest.mark.parametrize("name", ["exe", "a.exe.txt", "конфигурация.cf", "обработка.epf", "a.zip"])
def test_what_only_looks_like_a_program_is_not(name: str) -> None:
    assert offered(name).name == name


@pytest.mark.parametrize("head", REFUSED_HEADS)
def test_programs_are_refused_by_their_first_bytes(head: bytes) -> None:
    with pytest.raises(errors.FileRefused):
        files.check_head(offered("photo.png"), head + b"\x00" * 8)


@pytest.mark.parametrize("head", [b"%PDF-1.7", b"\x89PNG\r\n", b"PK\x03\x04", b"", b"# title"])
def test_documents_pass(head: bytes) -> None:
    files.check_head(offered(), head)


@given(st.text(max_size=300))
def test_a_clean_name_is_a_name_and_stays_clean(name: str) -> None:
    found = files.clean_name(name)
    assert 0 < len(found) <= NAME_CHARS_MAX
    assert not set(found) & set('\\/:*?"<>|\r\n\0\u202e')
    assert found == files.clean_name(found)
    assert found not in (".", "..")


def test_a_long_name_keeps_its_ending() -> None:
    found = files.clean_name("я" * 200 + ".exe")
    assert (len(found), files.ending_of(found)) == (NAME_CHARS_MAX, "exe")
    assert files.ending_of(found) in REFUSED_ENDINGS


def test_the_other_side_accepts_and_only_then_takes() -> None:
    file = files.arrived(offered())
    files.check_taker(file, "client")
    with pytest.raises(errors.NotAccepted):
        files.check_taker(file, "host")
    with pytest.raises(errors.NotYours):
        files.answered(file, "client", accepts=True)
    accepted = files.answered(file, "host", accepts=True)
    files.check_taker(accepted, "host")
    assert files.answered(accepted, "host", accepts=True) == accepted


def test_nobody_takes_what_is_not_whole() -> None:
    accepted = files.answered(offered(), "host", accepts=True)
    with pytest.raises(errors.WrongFileState):
        files.check_taker(accepted, "host")


def test_a_session_has_room_for_so_many_bytes() -> None:
    big, small = offered(size=MB), offered(size=1)
    files.check_room([big] * 7, big, MB)
    with pytest.raises(errors.TooManyFiles):
        files.check_room([*[big] * 7, small], big, MB)
    files.check_room([files.erased(big)] * 20, big, MB)
    with pytest.raises(errors.TooManyFiles):
        files.check_room([files.erased(small)] * files.FILES_MAX, small, MB)


def test_what_is_over_stays_over() -> None:
    declined = files.answered(offered(), "host", accepts=False)
    withdrawn = files.withdrawn(offered(), "client")
    assert files.answered(declined, "host", accepts=False) == declined
    assert files.withdrawn(withdrawn, "client") == withdrawn
    for file in (declined, withdrawn, files.erased(offered())):
        assert not file.kept
        with pytest.raises(errors.WrongFileState):
            files.arrived(file)
        with pytest.raises(errors.WrongFileState):
            files.answered(file, "host", accepts=True)
    with pytest.raises(errors.NotYours):
        files.withdrawn(offered(), "host")
