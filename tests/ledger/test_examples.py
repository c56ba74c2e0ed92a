"""The examples in the docstrings of ledger/ are true."""

import doctest
import importlib
import pkgutil

import pytest

import ledger

MODULES = [module.name for module in pkgutil.walk_packages(ledger.__path__, "ledger.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
