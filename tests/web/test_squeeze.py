"""Answers come packed to whoever can read it, whole to everybody else, never of one size."""

import gzip

import pytest

from tests.web.serving import Served
from web.squeeze import NAME_CHARS_MAX, packed


@pytest.mark.parametrize(("path", "accept"), [("/", "text/html"), ("/rules", "application/json")])
async def test_packed_and_plain_say_the_same(served: Served, path: str, accept: str) -> None:
    async with served.browser() as browser:
        told = []
        for coding in ("gzip, br", "identity"):
            headers = {"Accept": accept, "Accept-Encoding": coding}
            async with browser.get(path, headers=headers) as answer:
                assert (answer.headers.get("Content-Encoding") == "gzip") == ("gzip" in coding)
                assert "Accept-Encoding" in answer.headers["Vary"]
                assert "Accept" in answer.headers["Vary"]
                told.append(await answer.text())
    assert told[0] == told[1]


async def test_small_answers_and_files_stay_as_they_are(served: Served) -> None:
    async with served.browser() as browser:
        for path in ("/healthz", "/seal.pem"):
            async with browser.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
                assert "Content-Encoding" not in answer.headers


def test_the_size_tells_nothing_exact() -> None:
    body = b"the same page" * 200
    made = {len(packed(body)) for _ in range(40)}
    assert len(made) > 5
    assert max(made) - min(made) < NAME_CHARS_MAX
    assert gzip.decompress(packed(body)) == body
