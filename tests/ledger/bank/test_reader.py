"""Files are read in a process of their own: what it eats and how long it takes ends with it."""

import pytest

from ledger.bank import StatementRefused, read_statement
from ledger.bank.formats import BYTES_MAX, read
from tests.ledger.bank.writing import NORTH, Bank, came

MONTH = Bank([came(n, 10 * n, NORTH, f"Аванс № {n}", str(n)) for n in range(1, 20)])


async def why(data: bytes, within_s: int, *command: str) -> str:
    with pytest.raises(StatementRefused) as refused:
        await read_statement(data, within_s, command)
    return refused.value.code


async def test_the_process_tells_what_the_parser_found() -> None:
    data = MONTH.one_c()
    assert await read_statement(data) == read(data)


async def test_the_process_tells_why_it_refused() -> None:
    with pytest.raises(StatementRefused) as refused:
        await read_statement(MONTH.one_c()[:-20])
    assert refused.value.code == "truncated"
    assert refused.value.where


async def test_eleven_mebibytes_do_not_even_get_there() -> None:
    huge = MONTH.one_c() + b"X=1\r\n" * (11 * 1024 * 1024 // 5)
    assert len(huge) > BYTES_MAX
    assert await why(huge, 25, "-c", "raise SystemExit(9)") == "too_large"


async def test_a_parser_without_end_is_ended() -> None:
    assert await why(b"x", 1, "-c", "while True: pass") == "too_slow"


async def test_a_parser_that_eats_memory_is_ended() -> None:
    hungry = (
        "import sys; from ledger.bank import child; child._limit(); sys.stdin.buffer.read();"
        "x = bytearray(2 * 1024 ** 3)"
    )
    assert await why(b"x", 25, "-I", "-c", hungry) == "too_hungry"
