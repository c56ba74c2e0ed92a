"""Sources written for CPython 3.14, made to run on 3.13 by two mechanical changes."""

import re
from pathlib import Path

_BARE_EXCEPT = re.compile(r"^(\s*except )([\w.]+(?:, [\w.]+)+):", re.MULTILINE)
_LAZY = "from __future__ import annotations\n"
_DOCSTRING = re.compile(r'\A(\s*(?:#[^\n]*\n\s*)*)("""(?:.|\n)*?"""[^\n]*\n)?')


def older(text: str) -> str:
    """Lazy annotations, and brackets round the exceptions of one clause.

    >>> older("try:\\n    f()\\nexcept OSError, KeyError:\\n    pass\\n").splitlines()[2:4]
    ['    f()', 'except (OSError, KeyError):']
    """
    text = _BARE_EXCEPT.sub(r"\1(\2):", text)
    head = _DOCSTRING.match(text)
    end = head.end() if head else 0
    return text[:end] + _LAZY + text[end:]


def make_older(package: Path) -> None:
    for path in package.rglob("*.py"):
        path.write_text(older(path.read_text()))
