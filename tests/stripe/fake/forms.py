"""Stripe's form encoding: `line_items[0][price_data][currency]=eur` as nested values."""

import re
from typing import Any
from urllib.parse import parse_qsl

_PART = re.compile(r"[^\[\]]+|\[\]")


def read(text: str) -> dict[str, Any]:
    """A form or query as nested dicts, lists and strings.

    >>> read("a[0][b]=1&a[1][b]=2&c=x&d[]=y&metadata[7]=z")
    {'a': [{'b': '1'}, {'b': '2'}], 'c': 'x', 'd': ['y'], 'metadata': {'7': 'z'}}
    """
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _put(tree, _PART.findall(name), value)
    return {name: _listed(name, value) for name, value in tree.items()}


def _put(tree: dict[str, Any], parts: list[str], value: str) -> None:
    for here in parts[:-1]:
        tree = tree.setdefault(_key(tree, here), {})
    tree[_key(tree, parts[-1])] = value


def _key(tree: dict[str, Any], part: str) -> str:
    return str(len(tree)) if part == "[]" else part


def _listed(name: str, value: Any) -> Any:
    """Numbered children are a list, except in metadata, whose keys are the caller's."""
    if not isinstance(value, dict):
        return value
    if name == "metadata":
        return value
    inner = {key: _listed(key, child) for key, child in value.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
