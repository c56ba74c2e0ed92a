"""Writes src/room/protocol.ts: the wire's messages as TypeScript types.

`python -m web.browser.generate_protocol` writes the file; a test compares it with `render()`.
"""

import types
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from broker.signalling import (
    company,
    cosigning,
    countering,
    giving,
    messages,
    messages_link,
    messages_path,
    pointing,
    taping,
)

TARGET = Path(__file__).parent / "src" / "room" / "protocol.ts"
HEAD = """\
// Generated from broker/signalling/messages.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
"""
PLAIN = {str: "string", int: "number", bool: "boolean", type(None): "null"}
MODULES = (
    messages_link, messages, countering, pointing, giving, taping, company, cosigning,
    messages_path,
)  # fmt: skip
WIDTH = 100


def render() -> str:
    """The whole file."""
    tables: dict[str, dict[str, Any]] = {"Client": messages.CLIENT, "Server": messages.SERVER}
    parts = [HEAD + _constants()]
    parts += [_alias(name, alias) for name, alias in _aliases().items()]
    parts += [_interface(shape) for shape in _shapes()]
    parts += [_union(f"{side}Message", table, side) for side, table in tables.items()]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write the file."""
    TARGET.write_text(render(), encoding="utf-8")


def _constants() -> str:
    versions = ", ".join(str(version) for version in messages.VERSIONS)
    return (
        f"export const VERSIONS: readonly number[] = [{versions}];\n"
        f"export const CHAT_CHARS_MAX = {messages.CHAT_CHARS_MAX};\n"
        f"export const PLACE_MAX = {pointing.PLACE_MAX};\n"
        f"export const POINTS_MAX = {pointing.POINTS_MAX};"
    )


def _aliases() -> dict[str, Any]:
    """The named literals, by name."""
    everything = [pair for module in MODULES for pair in vars(module).items()]
    return {name: it for name, it in everything if get_origin(it) is Literal and name != "Side"}


def _alias(name: str, alias: Any) -> str:
    line = f"export type {name} = {_type(alias)};"
    if len(line) <= WIDTH:
        return line
    arms = [f"  | {arm}" for arm in _type(alias).split(" | ")]
    return "\n".join([f"export type {name} =", *arms]) + ";"


def _shapes() -> list[type]:
    """Every dataclass of the modules, in their order, once even where it has two names."""
    found = [
        it
        for module in MODULES
        for it in vars(module).values()
        if isinstance(it, type) and is_dataclass(it) and it.__module__ == module.__name__
    ]
    return list(dict.fromkeys(found))


def _type(annotation: Any) -> str:
    annotation = getattr(annotation, "__supertype__", annotation)
    if annotation in PLAIN:
        return PLAIN[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " | ".join(f"'{value}'" for value in args)
    if origin in (Union, types.UnionType):
        return " | ".join(_named(one) for one in args)
    if origin is tuple:
        if args[-1] is not ...:
            return f"[{', '.join(_named(one) for one in args)}]"
        inner = _named(args[0])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    return str(annotation.__name__)


def _named(annotation: Any) -> str:
    """The alias of a literal where it has one."""
    for name, alias in _aliases().items():
        if alias == annotation:
            return name
    return _type(annotation)


def _interface(shape: type) -> str:
    hints = get_type_hints(shape)
    lines = []
    for field in fields(shape):
        mark = "" if field.default is MISSING else "?"
        lines.append(f"  {field.name.rstrip('_')}{mark}: {_named(hints[field.name])};")
    if not lines:
        return f"export type {shape.__name__} = Record<never, never>;"
    return "\n".join([f"export interface {shape.__name__} {{", *lines, "}"])


def _union(name: str, table: dict[str, Any], side: str) -> str:
    extra = "; seq: number" if side == "Server" else ""
    arms = [
        f"  | ({{ type: '{kind}'{extra} }} & {shape.__name__})" for kind, shape in table.items()
    ]
    return "\n".join([f"export type {name} =", *arms]) + ";"


if __name__ == "__main__":
    main()
