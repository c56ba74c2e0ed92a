"""What the compiled inner loop and Python share, and who owns what of it.

`datapath.c` takes an ordinary packet of media from its socket (`sockets.c`) to its viewers without
Python. Its structs (`datapath.h`) belong to our objects: `@shared("sink_t")` gives a class
properties for the fields that its slots share with the struct, by name (`_base` is `base` there).

    kind of field          where it lives
    number, array          in the struct alone: both read it, both write it
    truth                  in Python; the struct has a copy that C reads
    object of ours         in Python; the struct has a pointer to the other's struct
    object of another ffi  in Python; the struct has the address

Without a compiled module the classes stay as they are written, and all packets go through
Python. A module that was compiled from another source is not used.
"""

import hashlib
import platform
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from pylibsrtp import _binding as srtp

try:
    from relay.embedded import _datapath  # type: ignore[attr-defined]
except ImportError:
    _datapath = None

SOURCES = ("datapath.h", "sockets.c", "datapath.c", "compiling.py")
Shared = TypeVar("Shared")


def fingerprint() -> int:
    """Of everything that the compiled module depends on."""
    parts = [(Path(__file__).parent / name).read_bytes() for name in SOURCES]
    digest = hashlib.sha256(b"\0".join([*parts, platform.python_version().encode()]))
    return int(digest.hexdigest()[:15], 16)


def _module() -> Any:
    """The compiled module, bound to the one libsrtp of the process, or None."""
    if _datapath is None or fingerprint() != _datapath.lib.FINGERPRINT:
        return None
    _datapath.lib.datapath_bind(
        *(
            _datapath.ffi.cast("srtp_call", address(srtp.ffi.addressof(srtp.lib, name)))
            for name in ("srtp_unprotect", "srtp_protect")
        )
    )
    return _datapath


def address(foreign: Any) -> int:
    """Of what an object of libsrtp's ffi points to; 0 of None."""
    return int(srtp.ffi.cast("uintptr_t", foreign)) if foreign is not None else 0


module = _module()


def shared(struct: str) -> Callable[[type[Shared]], type[Shared]]:
    """Let a class with `__slots__` keep its fields in a struct of that name, as told above."""

    def dress(cls: type[Shared]) -> type[Shared]:
        if module is None:
            return cls
        ffi, pointer = module.ffi, f"{struct} *"
        for name, field in ffi.typeof(struct).fields:
            for slot in (name, f"_{name}"):
                if slot in cls.__dict__["__slots__"] and not _many(field.type):
                    setattr(cls, slot, _property(cls.__dict__[slot], name, field.type))
        begin = cls.__init__

        def __init__(self: Any, *args: Any, **kw: Any) -> None:
            self._c = ffi.new(pointer)
            begin(self, *args, **kw)

        cls.__init__ = __init__  # type: ignore[method-assign]
        return cls

    return dress


def _many(kind: Any) -> bool:
    """An array of pointers, which `tell` fills."""
    return bool(kind.kind == "array" and kind.item.kind == "pointer")


def _property(slot: Any, name: str, kind: Any) -> property:
    if kind.kind == "array":
        return property(attrgetter(f"_c.{name}"), lambda self, value: None)
    if kind.kind == "primitive" and kind.cname != "_Bool":
        return property(attrgetter(f"_c.{name}"), lambda self, value: setattr(self._c, name, value))
    as_c = _truth if kind.kind == "primitive" else _foreign if "void" in kind.cname else _struct

    def put(self: Any, value: Any) -> None:
        slot.__set__(self, value)
        setattr(self._c, name, as_c(value))

    return property(slot.__get__, put)


def _truth(value: Any) -> bool:
    """Of a flag, or of an object that is there or is not."""
    return value is not None and value is not False


def _foreign(value: Any) -> Any:
    return module.ffi.cast("void *", address(value))


def _struct(value: Any) -> Any:
    return getattr(value, "_c", module.ffi.NULL)


def tell(owner: Any, name: str, members: Iterable[Any], at_most: int) -> None:
    """Mirror a collection of shared objects, which the owner keeps, into its struct's array."""
    if module is None:
        return
    found = [member._c for member in members]
    fits = len(found) <= at_most
    setattr(owner._c, f"{name}_count", len(found) if fits else -1)
    getattr(owner._c, name)[0 : len(found) if fits else 0] = found if fits else []


class Mirrored(list[Any]):
    """A list whose members the struct of its owner has, too; it changes by these two verbs."""

    def __init__(self, owner: Any, name: str, at_most: int) -> None:
        super().__init__()
        self._told = owner, name, self, at_most

    def append(self, member: Any) -> None:
        super().append(member)
        tell(*self._told)

    def remove(self, member: Any) -> None:
        super().remove(member)
        tell(*self._told)


def lead(owner: Any, to: Sequence[Any]) -> None:
    """Where the packets of a wire go from now on."""
    if module is not None:
        scope = to[3] if len(to) > 3 else 0
        module.lib.datapath_address(owner._c, to[0].encode(), to[1], scope)


class KeptPackets:
    """`numbering.History` in the struct's memory: the same two verbs."""

    __slots__ = ("_c",)

    def __init__(self) -> None:
        self._c = module.ffi.gc(module.ffi.new("history_t *"), module.lib.datapath_forget)

    def keep(self, number: int, packet: bytes) -> None:
        module.lib.datapath_keep(self._c, number, packet, len(packet))

    def find(self, number: int) -> bytes | None:
        """See `numbering.History.find`."""
        place = self._c.packets[number % module.lib.HISTORY]
        if place.length < 4 or place.bytes[2] << 8 | place.bytes[3] != number:
            return None
        return bytes(module.ffi.buffer(place.bytes, place.length))
