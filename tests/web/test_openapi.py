"""The description of the JSON faces is whole and true."""

import re
from typing import Any

from tests.web.serving import Served
from web.openapi import FORMS, VALUES, document
from web.routes import routes


def refs(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own.union(*(refs(value) for value in node.values()))
    return set().union(*(refs(value) for value in node)) if isinstance(node, list) else set()


async def test_the_document_is_served_and_refers_to_itself(served: Served) -> None:
    async with served.robot() as one:
        found = await one.get("/api/openapi.json")
    assert found["openapi"] == "3.1.0"
    names = {ref.rpartition("/")[2] for ref in refs(found)}
    assert names == set(found["components"]["schemas"])


def test_every_described_path_is_a_route() -> None:
    paths = {re.sub(r"\{(\w+):[^}]*\}", r"{\1}", route.path) for route in routes()}
    assert set(VALUES) - paths == set()
    assert set(FORMS) - paths == set()


def test_operations_have_names_of_their_own() -> None:
    found = document(routes())
    names = [op["operationId"] for path in found["paths"].values() for op in path.values()]
    assert names
    assert len(names) - len(set(names)) == 0


async def test_answers_have_the_fields_that_are_described(served: Served) -> None:
    described = document(routes())["components"]["schemas"]
    async with served.robot() as one:
        await one.enter("consultant")
        for path in ("/dashboard", "/wallet", "/sessions", "/documents", "/wallet/top-up"):
            value = await one.get(path)
            schema = described[VALUES[path].__name__]
            assert set(value) == set(schema["properties"]), path
            assert set(schema["required"]) <= set(value), path
