"""Which encoding a bank's text file is in, found by its bytes and not by what it claims. Pure.

Windows-1251, the DOS code page 866 and UTF-8 are known. A file is in one of them throughout:
where a line makes sense in another one only, it was glued together, and is refused.
"""

import codecs
import re
from collections.abc import Iterator

from ledger.bank.errors import StatementRefused

WINDOWS, DOS, UTF = "cp1251", "cp866", "utf-8"
KEYWORD = "ВерсияФормата"
# What stands on the places of Russian letters when the other code page is read by mistake.
_ODD = {
    WINDOWS: re.compile("[\u0402-\u0409\u0452-\u0459ЂЃѓЉЊЌЋЏђљњќћџЎўЈҐЄЇІіґєјЅѕї¤¦¬‡‰‹›]"),
    DOS: re.compile("[\u2500-\u259fЄєЇїЎў°∙·√¤]"),
    UTF: re.compile("\ufffd"),
}
_RUSSIAN = re.compile("[А-Яа-яЁё]{2}")


def decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding. Raises: StatementRefused (wrong_encoding, mixed_encodings)."""
    if b"\0" in data:
        raise StatementRefused("malformed", detail="NUL")
    encoding = _encoding_of(data)
    _refuse_mixture(data.removeprefix(codecs.BOM_UTF8), encoding)
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(encoding), encoding
    except UnicodeDecodeError as error:
        where = str(data.count(b"\n", 0, error.start) + 1)
        raise StatementRefused("wrong_encoding", where, encoding) from error


def _encoding_of(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise StatementRefused("wrong_encoding", detail="UTF-16")
    if data.startswith(codecs.BOM_UTF8):
        return UTF
    found = [(data.find(KEYWORD.encode(one)), one) for one in (WINDOWS, DOS, UTF)]
    present = [(place, one) for place, one in found if place >= 0]
    if present:
        return min(present)[1]
    for encoding in (UTF, WINDOWS):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise StatementRefused("wrong_encoding")


def _refuse_mixture(data: bytes, encoding: str) -> None:
    others = [one for one in (WINDOWS, DOS, UTF) if one != encoding]
    for number, part in _foreign_parts(data):
        own = _text(part, encoding)
        if own is not None and len(_ODD[encoding].findall(own)) < 2 and not _is_utf(part, encoding):
            continue
        for other in others:
            text = _text(part, other)
            if text and _RUSSIAN.search(text) and not _ODD[other].search(text):
                raise StatementRefused("mixed_encodings", str(number), f"{encoding}, {other}")


def _foreign_parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Names and values with anything but ASCII, with their line counted from one."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.isascii():
            yield from ((number, part) for part in line.split(b"=", 1) if not part.isascii())


def _is_utf(line: bytes, encoding: str) -> bool:
    """Whether a line of a file in a code page is UTF-8: by chance that hardly ever happens."""
    return encoding != UTF and _text(line, UTF) is not None


def _text(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None
