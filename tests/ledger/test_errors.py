"""Whatever the ledger refuses, it says with which facts: as fields, and in words for the log."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import date
from typing import Any, get_type_hints

import pytest

import ledger
from ledger.accounts import Account, AccountKind
from ledger.control import CountryUnknown, NothingSaid
from ledger.errors import LedgerError
from ledger.money import Money

for module in pkgutil.walk_packages(ledger.__path__, "ledger."):
    importlib.import_module(module.name)


def tree(root: type[LedgerError]) -> Iterator[type[LedgerError]]:
    for error in root.__subclasses__():
        yield error
        yield from tree(error)


def fact_of(kind: object, name: str, n: int) -> object:
    """A value that can be told from every other in the message."""
    known: dict[object, object] = {
        str: f"{name}-{n}",
        int: 700 + n,
        object: f"{name}-{n}",
        date: date(2026, 3, n + 1),
        Money: Money(70_000 + n, "RUB"),
        Account: Account(AccountKind.PREPAID, name, "RUB"),
    }
    if kind in known:
        return known[kind]
    parts = getattr(kind, "__args__", ())
    return known[parts[0]] if type(None) in parts else {name: f"why-{n}"}


def word_of(fact: Any) -> str:
    """How a fact looks in a message."""
    if isinstance(fact, Money):
        return str(fact.minor)
    return next(iter(fact.values())) if isinstance(fact, dict) else str(fact)


ERRORS = [e for e in tree(LedgerError) if "__init__" in vars(e)]
# Facts for a program that would be too long, or are the message's second half, in words.
NOT_IN_WORDS = {("ClosingRefused", "expected")}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_carries_its_facts(error: type[LedgerError]) -> None:
    hints = get_type_hints(error.__init__)
    names = [name for name in inspect.signature(error).parameters if name in hints]
    facts = {name: fact_of(hints[name], name, n) for n, name in enumerate(names)}
    raised = error(**facts)
    for name, fact in facts.items():
        if hasattr(raised, name):
            assert getattr(raised, name) == fact
        else:
            assert name == "text", f"{error.__name__} forgets its {name}"
        if (error.__name__, name) not in NOT_IN_WORDS and "text" not in facts:
            assert word_of(fact) in str(raised), f"{error.__name__} is silent about its {name}"
    assert str(raised)


def test_what_a_form_lacks_is_named_by_its_field() -> None:
    assert (CountryUnknown("XX").field, NothingSaid("ruling").field) == ("country", "why")


def test_none_was_overlooked() -> None:
    assert len(ERRORS) > 60
