"""Whom a demonstration lets in by one press; `minuta seed` makes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to enter as. role: name of the button; prepaid_minor: kopecks given once."""

    role: str
    name: str
    email: str
    roles: frozenset[str]
    prepaid_minor: int = 0


ACCOUNTS = (
    DemoAccount(
        "consultant",
        "Иван Кузнецов",
        "ivan@demo.minuta.example",
        frozenset({"consultant", "client"}),
        100_000,
    ),
    DemoAccount(
        "client", "Анна Петрова", "anna@demo.minuta.example", frozenset({"client"}), 500_000
    ),
    DemoAccount(
        "accountant", "Ольга Смирнова", "olga@demo.minuta.example", frozenset({"accountant"})
    ),
    DemoAccount("curator", "Пётр Орлов", "petr@demo.minuta.example", frozenset({"curator"})),
    DemoAccount(
        "colleague",
        "Мария Белова",
        "maria@demo.minuta.example",
        frozenset({"consultant", "client"}),
    ),
)
