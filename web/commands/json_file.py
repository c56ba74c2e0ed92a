"""Reading a JSON document that somebody wrote by hand: what is doubtful is refused."""

import json
import sys
from pathlib import Path


class BadDocument(ValueError):
    """The file cannot be read, is not JSON, or says one thing twice."""


def read_json(name: str) -> object:
    """The document in a file, or on the standard input for `-`.

    Raises: BadDocument, with a sentence that names the file.
    """
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError as error:
        raise BadDocument(f"{name}: is nested too deeply") from error
    except (OSError, ValueError) as error:
        raise BadDocument(f"{name}: {error}") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)}: is there twice")
    return found
