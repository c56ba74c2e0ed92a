"""Stripe's own OpenAPI description as a judge of requests, answers and events.

The file comes with a foreign package and is prepared by `make oracles` (see `oracles/openapi.py`):
JSON Schema in place of OpenAPI's dialect, and closed objects, so that an invented field is found.
"""

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.stripe.oracles import OPENAPI

_ROOT = "urn:stripe"

#: Events about objects of which the description has no event class, but has the object.
_NOT_IN_FILE = ("application",)


class Contract:
    """Answers violations as lines of text; an empty list is a pass."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.version = document["info"]["version"]
        self._document = document
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(_ROOT, resource)
        self._paths = [
            (re.compile(re.sub(r"\{\w+\}", r"[^/]+", path)), path) for path in document["paths"]
        ]
        self._paths.sort(key=lambda pair: pair[1].count("{"))
        self._validators: dict[str, Draft202012Validator] = {}

    def of_request(self, method: str, path: str, form: dict[str, Any]) -> list[str]:
        where = self._where(method, path)
        if where is None:
            return [f"{method} {path}: no such operation"]
        part = "form" if method == "POST" else "query"
        pointer = f"#/paths/{_escaped(where)}/{method.lower()}/{part}"
        return self._judge(f"{method} {path}", pointer, self._typed(form, pointer))

    def of_answer(self, method: str, path: str, status: int, body: Any) -> list[str]:
        where = self._where(method, path)
        if where is None:
            return []
        part = "answer" if status < 400 else "error"
        pointer = f"#/paths/{_escaped(where)}/{method.lower()}/{part}"
        return self._judge(f"{status} of {method} {path}", pointer, body)

    def of_event(self, event: dict[str, Any]) -> list[str]:
        about = event["data"]["object"]
        found = self._judge(event["type"], "#/components/schemas/event", event)
        if about["object"] not in _NOT_IN_FILE:
            found += self.of_object(about)
        return found

    def of_object(self, about: dict[str, Any]) -> list[str]:
        pointer = f"#/components/schemas/{about['object']}"
        return self._judge(about["object"], pointer, about)

    def _where(self, method: str, path: str) -> str | None:
        for pattern, name in self._paths:
            if pattern.fullmatch(path) and method.lower() in self._document["paths"][name]:
                return name
        return None

    def _judge(self, what: str, pointer: str, value: Any) -> list[str]:
        validator = self._validators.get(pointer)
        if validator is None:
            schema = {"$ref": f"{_ROOT}{pointer}"}
            validator = Draft202012Validator(schema, registry=self._registry)
            self._validators[pointer] = validator
        return [
            f"{what}: {'.'.join(str(p) for p in error.absolute_path)}: {error.message[:300]}"
            for error in validator.iter_errors(value)
        ]

    # --- a form's strings as the types that the description asks for

    def _typed(self, value: Any, pointer: str) -> Any:
        return _cast(value, self._at(pointer), self._at)

    def _at(self, pointer: str) -> dict[str, Any]:
        here: Any = self._document
        for part in pointer.removeprefix("#/").split("/"):
            here = here[part.replace("~1", "/").replace("~0", "~")]
        return dict(here)


def _escaped(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1")


def _cast(value: Any, schema: dict[str, Any], at: Any) -> Any:
    """The value with numbers and flags read as the schema says; other text stays text."""
    if "$ref" in schema:
        return _cast(value, at(schema["$ref"]), at)
    if "anyOf" in schema:
        casts = [_cast(value, one, at) for one in schema["anyOf"]]
        return next((cast for cast in casts if cast != value), value)
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties")
        open_ = more if isinstance(more, dict) else {}
        return {name: _cast(child, known.get(name, open_), at) for name, child in value.items()}
    if isinstance(value, list):
        return [_cast(child, schema.get("items", {}), at) for child in value]
    kinds = schema.get("type", ())
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "boolean" in kinds and value in ("true", "false"):
        return value == "true"
    if "integer" in kinds and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value


@cache
def contract() -> Contract | None:
    """None where the file could not be had."""
    return Contract(json.loads(OPENAPI.read_text())) if OPENAPI.exists() else None
