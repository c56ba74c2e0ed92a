"""The table of errors names errors that the rooms really have, each with a usable status."""

import importlib
import inspect

import pytest

from web import errors

ROOMS = (
    "ledger.errors",
    "ledger.bank.errors",
    "ledger.control.errors",
    "ledger.books.errors",
    "ledger.payouts.errors",
    "ledger.promo.errors",
    "ledger.cards.auto_top_up.errors",
    "ledger.cards.connect.errors",
    "ledger.cards.errors",
    "metering.errors",
    "broker.parties.errors",
    "broker.sessions.errors",
    "broker.notices.errors",
    "reports.errors",
)


def _names() -> set[str]:
    modules = [importlib.import_module(room) for room in ROOMS]
    return {name for one in modules for name, _ in inspect.getmembers(one, inspect.isclass)}


def test_every_name_of_the_table_is_an_error_of_a_room() -> None:
    assert set(errors.TABLE) - _names() == set()


def test_every_error_of_a_room_has_an_answer_or_is_ours() -> None:
    """A class with children is a branch of its tree: what is raised are the leaves."""
    silent = [
        f"{module}.{name}"
        for module in ROOMS
        for name, one in inspect.getmembers(importlib.import_module(module), inspect.isclass)
        if issubclass(one, Exception) and one.__module__ == module and not one.__subclasses__()
        if name not in errors.OURS and errors.verdict(one.__new__(one)) is None
    ]
    assert silent == []


@pytest.mark.parametrize("name", sorted(errors.OURS))
def test_our_own_faults_are_no_answers(name: str) -> None:
    assert name in _names()
    assert name not in errors.TABLE


@pytest.mark.parametrize("name", sorted(errors.TABLE))
def test_statuses_are_of_errors_and_codes_are_words(name: str) -> None:
    status, code = errors.TABLE[name]
    assert 400 <= status < 600
    assert code.replace("_", "").isalpha()
    assert code == code.lower()


def test_a_child_has_the_verdict_of_its_parent() -> None:
    class BadSession(Exception):
        pass

    class Worse(BadSession):
        pass

    assert errors.verdict(Worse()) == errors.TABLE["BadSession"]
    assert errors.verdict(RuntimeError()) is None


def test_own_errors_bring_their_status() -> None:
    assert errors.verdict(errors.TooOften(30)) == (429, "too_often")
    assert errors.verdict(errors.BadInput("rate")) == (422, "bad_input")
    assert errors.LoginNeeded("/x").wanted == "/x"
