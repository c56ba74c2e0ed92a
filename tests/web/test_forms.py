"""Fields as typed: sums, paths, bodies."""

import pytest

from ledger import Money
from tests.web.serving import Served
from web.forms import local_path, money_of


@pytest.mark.parametrize(
    ("text", "minor"),
    [("20", 2000), ("20,5", 2050), (" 1 250.00 ₽", 125_000), ("1\u00a0000", 100_000), ("0.01", 1)],
)
def test_sums_as_people_type_them(text: str, minor: int) -> None:
    assert money_of(text) == Money(minor)


@pytest.mark.parametrize(
    "text", ["", "0", "-5", "1.234", "1e9", "ten", "1,2,3", "٣", "9999999999", "1000001", "+1"]
)
def test_what_is_not_a_sum(text: str) -> None:
    assert money_of(text) is None


@pytest.mark.parametrize(
    "wish",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil",
        "",
        None,
        "/a b",
        "/\r\n",
    ],
)
def test_nobody_is_sent_to_another_site(wish: str | None) -> None:
    assert local_path(wish, "/home") == "/home"


def test_paths_of_our_own_are_kept() -> None:
    assert local_path("/i/abc?x=1&y=2", "/") == "/i/abc?x=1&y=2"


async def test_json_and_forms_are_the_same(served: Served) -> None:
    headers = {"Accept": "application/json"}
    async with served.robot() as one:
        by_form = await one.post("/demo-login", role="client")
        asked = one._http.post(one.base / "demo-login", json={"role": "client"}, headers=headers)
        async with asked as answer:
            assert answer.status == 201
            assert (await answer.json()).keys() == by_form.keys()
        for body in (b"{", b"[1]", b"\xff"):
            sent = headers | {"Content-Type": "application/json"}
            async with one._http.post(one.base / "demo-login", data=body, headers=sent) as answer:
                assert answer.status == 422
