"""A file that one side gives to the other: what may be given, under which name, who may take it.

    offered -> whole        all bytes came, and their hash is the announced one
    offered, whole -> withdrawn (by who gave it) | declined (by who was asked)
    any -> erased           its time is over; what is written in the record stays

Who offers agrees by offering; the other side must accept before it may take the file. Bytes are
kept by web/vault.py, never in the database.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from broker.sessions.errors import (
    BadFile,
    FileRefused,
    FileTooBig,
    NotAccepted,
    NotYours,
    TooManyFiles,
    WrongFileState,
)
from broker.sessions.session import Role

NAME_CHARS_MAX = 120
FILES_MAX = 30  # in one session
FULL_FILES_MAX = 8  # of the largest size, or more of smaller ones: a disk is not endless
HEAD_BYTES = 16  # enough to see what a file is
KIND_CHARS_MAX = 100
PLAIN_KIND = "application/octet-stream"

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[A-Za-z0-9][\w.+-]*/[\w.+-]+")
# Separators of paths, what Windows takes for something else, and what turns text around.
_UNFIT = re.compile('[\\\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# Programs, and texts that a double click runs.
REFUSED_ENDINGS = frozenset((
    "exe", "com", "scr", "pif", "msi", "msp", "msix", "appx", "bat", "cmd", "ps1", "psm1",
    "vbs", "vbe", "js", "jse", "mjs", "wsf", "wsh", "hta", "cpl", "dll", "sys", "drv", "ocx",
    "lnk", "url", "reg", "scf", "inf", "chm", "jar", "class", "apk", "app", "dmg", "pkg",
    "deb", "rpm", "run", "sh", "bash", "zsh", "csh", "command", "desktop", "gadget", "elf",
    "so", "dylib", "ko", "wasm", "application", "xll",
))  # fmt: skip
REFUSED_HEADS = (
    b"MZ",  # Windows, DOS
    b"\x7fELF",
    b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",  # macOS
    b"\xca\xfe\xba\xbe",  # macOS of several kinds, and Java
    b"dex\n",  # Android
    b"\x00asm",
    b"#!",  # scripts
    b"\x4c\x00\x00\x00\x01\x14\x02\x00",  # shortcuts of Windows
)  # fmt: skip

State = Literal["offered", "whole", "withdrawn", "declined", "erased"]
OVER = frozenset({"withdrawn", "declined", "erased"})


@dataclass(frozen=True, slots=True)
class File:
    """`id` is made by who gives; `size` in bytes; `sha256` and `kind` as announced."""

    session: str
    id: str
    by: Role
    name: str
    size: int
    sha256: str
    kind: str
    at: datetime
    state: State = "offered"
    accepted: bool = False

    @property
    def kept(self) -> bool:
        """Whether its bytes are still wanted."""
        return self.state not in OVER


def offer(
    session: str,
    by: Role,
    id: str,
    name: str,
    size: int,
    sha256: str,
    kind: str,
    at: datetime,
    bytes_max: int,
) -> File:
    """Raises: BadFile, FileTooBig, FileRefused (a program, by its name)."""
    if not _ID.fullmatch(id):
        raise BadFile("id", "8 to 64 letters, digits and hyphens")
    if size < 1:
        raise BadFile("size", "an empty file")
    if size > bytes_max:
        raise FileTooBig(bytes_max)
    if not _SHA256.fullmatch(sha256):
        raise BadFile("sha256", "64 hexadecimal digits")
    cleaned = clean_name(name)
    if ending_of(cleaned) in REFUSED_ENDINGS:
        raise FileRefused(cleaned)
    fit = len(kind) <= KIND_CHARS_MAX and _KIND.fullmatch(kind)
    return File(session, id, by, cleaned, size, sha256, kind if fit else PLAIN_KIND, at)


def clean_name(name: str) -> str:
    """A name without a path that every system can write, and that reads as what it is.

    >>> clean_name("../../etc/passwd"), clean_name("C:\\\\docs\\\\счёт.pdf"), clean_name(" . ")
    ('passwd', 'счёт.pdf', 'file')
    >>> clean_name("a\\u202egpj.exe"), clean_name("con.txt"), clean_name("evil.exe. .")
    ('agpj.exe', '_con.txt', 'evil.exe')
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    cleaned = " ".join(_UNFIT.sub("", last).split()).strip(". ")
    if _DEVICE.fullmatch(cleaned):
        cleaned = f"_{cleaned}"
    return _shortened(cleaned) or "file"


def ending_of(name: str) -> str:
    """What follows the last point, in lower case; "" without one.

    >>> ending_of("Setup.EXE"), ending_of("notes"), ending_of("a.tar.gz")
    ('exe', '', 'gz')
    """
    stem, point, ending = name.rpartition(".")
    return ending.strip().lower() if point and stem else ""


def check_head(file: File, head: bytes) -> None:
    """Look at the first bytes. Raises: FileRefused for a program under whatever name."""
    if head.startswith(REFUSED_HEADS):
        raise FileRefused(file.name)


def check_room(known: Iterable[File], made: File, bytes_max: int) -> None:
    """Whether the session may have one file more. Raises: TooManyFiles."""
    before = list(known)
    kept = sum(file.size for file in before if file.kept)
    if len(before) >= FILES_MAX or kept + made.size > FULL_FILES_MAX * bytes_max:
        raise TooManyFiles(made.session, FILES_MAX)


def same_offer(one: File, other: File) -> bool:
    """Whether the second says again what the first said."""
    facts = ("session", "id", "by", "name", "size", "sha256")
    return all(getattr(one, name) == getattr(other, name) for name in facts)


def check_giver(file: File, role: Role) -> None:
    """Raises: NotYours."""
    if role != file.by:
        raise NotYours(file.session, role)


def arrived(file: File) -> File:
    """All of it came. Raises: WrongFileState."""
    _check_kept(file, "arrive")
    return replace(file, state="whole")


def answered(file: File, role: Role, accepts: bool) -> File:
    """The word of the side that was asked; said again it changes nothing.

    Raises: NotYours (to who gave it), WrongFileState.
    """
    if role == file.by:
        raise NotYours(file.session, role)
    if not accepts and file.state == "declined":
        return file
    _check_kept(file, "accept" if accepts else "decline")
    return replace(file, accepted=True) if accepts else replace(file, state="declined")


def withdrawn(file: File, role: Role) -> File:
    """Taken back by who gave it. Raises: NotYours, WrongFileState."""
    check_giver(file, role)
    if file.state == "withdrawn":
        return file
    _check_kept(file, "withdraw")
    return replace(file, state="withdrawn")


def erased(file: File) -> File:
    """Its bytes are gone, in whatever state it was."""
    return replace(file, state="erased")


def check_taker(file: File, role: Role) -> None:
    """Whether the side may have its bytes. Raises: NotAccepted, WrongFileState."""
    if file.state != "whole":
        raise WrongFileState(file.session, file.id, file.state, "take")
    if role != file.by and not file.accepted:
        raise NotAccepted(file.session, file.id)


def _check_kept(file: File, wanted: str) -> None:
    if not file.kept:
        raise WrongFileState(file.session, file.id, file.state, wanted)


def _shortened(name: str) -> str:
    """The end of a name says what it is, so the middle goes."""
    if len(name) <= NAME_CHARS_MAX:
        return name
    stem, point, ending = name.rpartition(".")
    if not point or len(ending) > 16:
        return name[:NAME_CHARS_MAX]
    return f"{stem[: NAME_CHARS_MAX - len(ending) - 1]}.{ending}"
