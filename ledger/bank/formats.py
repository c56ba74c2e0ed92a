"""Which format a file is in, and its reader. Runs in the process made for it: see reader.py."""

from ledger.bank.errors import StatementRefused
from ledger.bank.statements import Statement, checked

BYTES_MAX = 10 * 1024 * 1024


def read(data: bytes) -> Statement:
    """The statement that the bytes are, sound in itself. Raises: StatementRefused."""
    refuse_by_size(data)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
    if start.startswith(b"1CClientBankExchange"):
        from ledger.bank.one_c import read_one_c

        return checked(read_one_c(data))
    if start.startswith(b"<"):
        from ledger.bank.camt import read_camt

        return checked(read_camt(data))
    if start.startswith((b":20:", b"{1:", b"{4:")):
        from ledger.bank.mt import read_mt940

        return checked(read_mt940(data))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise StatementRefused("wrong_encoding", detail="UTF-16")
    raise StatementRefused("unknown_format")


def refuse_by_size(data: bytes) -> None:
    """Raises: StatementRefused (empty, too_large)."""
    if not data.strip():
        raise StatementRefused("empty")
    if len(data) > BYTES_MAX:
        raise StatementRefused("too_large", detail=f"> {BYTES_MAX >> 20} MiB")
