"""Writes the wire's messages as TypeScript types: src/room/protocol.ts and src/room/wire/.

`python -m web.browser.generate_protocol` writes the files; a test compares them with `render()`.
"""

import re
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType, UnionType
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

ROOM = Path(__file__).parent / "src" / "room"
HEAD = """\
// Generated from broker/signalling/{module}.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
"""
PLAIN = {str: "string", int: "number", bool: "boolean", type(None): "null"}
MODULES = (
    messages_link, messages, countering, pointing, giving, taping, company, cosigning,
    messages_path,
)  # fmt: skip
WIDTH = 100


def render() -> dict[Path, str]:
    """Every file's text by its place: one of a module, and one that gathers them."""
    return {_place(module): _part(module) for module in MODULES} | {ROOM / "protocol.ts": _whole()}


def main() -> None:
    """Write the files, and remove what no module writes any more."""
    files = render()
    for old in set((ROOM / "wire").glob("*.ts")) - set(files):
        old.unlink()
    for place, text in files.items():
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")


def _place(module: ModuleType) -> Path:
    return ROOM / "wire" / f"{_stem(module)}.ts"


def _stem(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2].replace("_", "-")


def _head(module: ModuleType) -> str:
    return HEAD.format(module=module.__name__.rpartition(".")[2])


def _part(module: ModuleType) -> str:
    """The types that one module is the home of, and from where it has the others."""
    aliases = [_alias(name, it) for name, it in _aliases().items() if _homes()[name] is module]
    body = "\n".join([*aliases, *map(_interface, _shapes(module))])
    return _head(module) + _imports(module, body) + body + "\n"


def _whole() -> str:
    """What the page imports: constants, every type, and the two unions."""
    tables: dict[str, dict[str, Any]] = {"Client": messages.CLIENT, "Server": messages.SERVER}
    unions = "\n".join(_union(f"{side}Message", it, side) for side, it in tables.items()) + "\n"
    again = "".join(f"export * from './wire/{_stem(module)}';\n" for module in MODULES)
    return _head(messages) + _imports(None, unions, "./wire/") + again + _constants() + unions


def _imports(module: ModuleType | None, body: str, folder: str = "./") -> str:
    """Lines for the names in `body` that other modules are the home of."""
    used = set(re.findall(r"\b[A-Z]\w+", re.sub(r"'[^']*'", "", body)))
    lines = []
    for other in MODULES:
        names = sorted(name for name in used if _homes().get(name) is other)
        if names and other is not module:
            lines.append(_import(names, f"'{folder}{_stem(other)}'"))
    return "".join(lines)


def _import(names: list[str], source: str) -> str:
    line = f"import type {{ {', '.join(names)} }} from {source};\n"
    if len(line) <= WIDTH + 1:
        return line
    return "\n".join(["import type {", *(f"  {name}," for name in names), f"}} from {source};\n"])


@cache
def _homes() -> dict[str, ModuleType]:
    """The module of each type: of a literal the first that has it."""
    homes = {name: module for module in reversed(MODULES) for name in _literals(module)}
    return homes | {it.__name__: module for module in MODULES for it in _shapes(module)}


def _constants() -> str:
    versions = ", ".join(str(version) for version in messages.VERSIONS)
    return (
        f"export const VERSIONS: readonly number[] = [{versions}];\n"
        f"export const CHAT_CHARS_MAX = {messages.CHAT_CHARS_MAX};\n"
        f"export const PLACE_MAX = {pointing.PLACE_MAX};\n"
        f"export const POINTS_MAX = {pointing.POINTS_MAX};\n"
    )


def _aliases() -> dict[str, Any]:
    """The named literals of all modules."""
    return {name: it for module in MODULES for name, it in _literals(module).items()}


def _literals(module: ModuleType) -> dict[str, Any]:
    named = vars(module).items()
    return {name: it for name, it in named if get_origin(it) is Literal and name != "Side"}


def _alias(name: str, alias: Any) -> str:
    line = f"export type {name} = {_type(alias)};"
    if len(line) <= WIDTH:
        return line
    arms = [f"  | {arm}" for arm in _type(alias).split(" | ")]
    return "\n".join([f"export type {name} =", *arms]) + ";"


def _shapes(module: ModuleType) -> list[type]:
    """Every dataclass of the module, in their order, once even where it has two names."""
    found = [
        it
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
    if origin in (Union, UnionType):
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
