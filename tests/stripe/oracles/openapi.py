"""Stripe's OpenAPI file as plain JSON Schema: small, closed, quick to load.

OpenAPI 3.0 says `nullable` beside a type; JSON Schema has null as a type. Objects with named
properties are closed, so that a field which Stripe does not have is a violation. Words for people
go away; a path keeps, by method, its `form` or `query`, its `answer` and its `error`.
"""

import json
from pathlib import Path
from typing import Any

_WORDS = {"description", "title", "example", "externalDocs", "deprecated"}
_METHODS = ("get", "post", "delete")


def write(text: bytes, target: Path) -> None:
    document = json.loads(text)
    kept = {
        "info": {"version": document["info"]["version"]},
        "components": {
            "schemas": {
                name: schema(one) for name, one in document["components"]["schemas"].items()
            }
        },
        "paths": {path: _operations(item) for path, item in document["paths"].items()},
    }
    target.write_text(json.dumps(kept, separators=(",", ":")))


def _operations(item: dict[str, Any]) -> dict[str, Any]:
    return {method: _operation(item[method]) for method in _METHODS if method in item}


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    query = [p for p in operation.get("parameters", ()) if p["in"] == "query"]
    body = operation.get("requestBody", {}).get("content", {})
    forms = [one["schema"] for kind, one in body.items() if "form" in kind]
    answers = operation["responses"]
    return {
        "query": schema(
            {
                "type": "object",
                "properties": {p["name"]: p["schema"] for p in query},
                "required": [p["name"] for p in query if p.get("required")],
            }
        ),
        "form": schema(forms[0]) if forms else {"type": "object", "additionalProperties": False},
        "answer": _answer(answers["200"]),
        "error": _answer(answers["default"]),
    }


def _answer(response: dict[str, Any]) -> dict[str, Any]:
    content = response["content"].get("application/json")
    return schema(content["schema"]) if content else {}


def schema(given: dict[str, Any]) -> dict[str, Any]:
    """One schema in JSON Schema's own words.

    >>> schema({"type": "string", "nullable": True, "enum": ["a"], "description": "x"})
    {'type': ['string', 'null'], 'enum': ['a', None]}
    >>> schema({"nullable": True, "anyOf": [{"$ref": "#/x"}]})
    {'anyOf': [{'$ref': '#/x'}, {'type': 'null'}]}
    """
    made = {
        name: _inner(name, value)
        for name, value in given.items()
        if name not in _WORDS and not name.startswith("x-") and name != "nullable"
    }
    if made.get("type") == "object" and made.get("properties") is not None:
        made.setdefault("additionalProperties", False)
    return _nullable(made) if given.get("nullable") else made


def _inner(name: str, value: Any) -> Any:
    if name == "properties":
        return {key: schema(one) for key, one in value.items()}
    if name in ("items", "additionalProperties") and isinstance(value, dict):
        return schema(value)
    if name in ("anyOf", "oneOf", "allOf"):
        return [schema(one) for one in value]
    return value


def _nullable(made: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in made:
        return {**made, "anyOf": [*made["anyOf"], {"type": "null"}]}
    if "$ref" in made:
        return {"anyOf": [made, {"type": "null"}]}
    if "enum" in made:
        made = {**made, "enum": [*made["enum"], None]}
    return {**made, "type": [made["type"], "null"]} if "type" in made else made
