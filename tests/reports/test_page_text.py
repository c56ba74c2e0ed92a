"""Pages that are the same, read the same, or neither."""

import io
import zlib

import pikepdf
import pytest

from reports.page_text import Alike, _texts, alike
from reports.press import printed
from tests.reports.builders import document, facts
from tests.reports.test_pdf import text_of


@pytest.fixture(scope="module")
def paper() -> bytes:
    return printed(document(one=facts(seconds=60, gaps=())))


def changed(paper: bytes, old: bytes, new: bytes) -> bytes:
    """The operators of the first page with one piece replaced, packed by another hand."""
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        before = pdf.pages[0].Contents.read_bytes()
        after = before.replace(old, new, 1)
        assert not old or before != after
        pdf.pages[0].Contents.write(zlib.compress(after, 1), filter=pikepdf.Name.FlateDecode)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_the_same_drawing_packed_otherwise(paper: bytes) -> None:
    other = changed(paper, b"", b"")
    assert other != paper
    assert alike(other, paper) == Alike(True)


def test_the_same_text_by_other_operators(paper: bytes) -> None:
    assert alike(changed(paper, b"BT ", b"BT 0 Tc "), paper) == Alike(None)


def test_other_text_and_other_pages(paper: bytes) -> None:
    assert alike(changed(paper, b") Tj", b") Tj (!) Tj"), paper) == Alike(False, "page 1")
    longer = printed(document(one=facts(seconds=75 * 60, gaps=())))
    assert alike(longer, paper).same is False


@pytest.mark.parametrize("where", ["page", "branch"])
def test_a_page_that_is_turned(paper: bytes, where: str) -> None:
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        first = pdf.pages[0].obj
        if "/Rotate" in first:
            del first.Rotate
        (first if where == "page" else first.Parent).Rotate = 180
        out = io.BytesIO()
        pdf.save(out)
    assert alike(out.getvalue(), paper) == Alike(False, "page 1")


def test_text_is_read_as_another_program_reads_it(paper: bytes) -> None:
    """Every string we find on the page, poppler finds as well."""
    theirs = "".join(text_of(paper).split())
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        ours = ["".join(one.split()) for page in pdf.pages for one in _texts(page)]
    assert len(ours) > 50
    assert [one for one in ours if one not in theirs] == []
