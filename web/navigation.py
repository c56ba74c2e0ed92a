"""Which places each role goes to, in which order."""

from dataclasses import dataclass

from broker.parties import Party


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the bar. name: key of its words in base.html; here: the page is in it."""

    name: str
    path: str
    icon: str
    here: bool


PAPER = ("documents", "/documents", "file-text")
BOOKS = ("books", "/books", "book-open")
BANK = ("bank", "/bank", "landmark")
CONTROL = ("control", "/control", "shield-check")
CASES = ("cases", "/rulings", "scale")
CASE_PATHS = ("/rulings", "/disputes")  # pages of one place
PAPER_PATHS = ("/documents", "/exports")
SESSION_PATHS = ("/sessions", "/reports")
PAYOUTS = ("payouts", "/earnings", "banknote")
PERSONAL = (
    ("dashboard", "/dashboard", "timer"),
    ("sessions", "/sessions", "monitor"),
    ("balance", "/wallet", "wallet"),
)


def home_of(party: Party) -> str:
    """Where a role starts."""
    return "/dashboard" if party.roles & {"consultant", "client"} else "/documents"


def places(party: Party, path: str) -> tuple[Place, ...]:
    """The places of the party's roles; guests have none."""
    if party.guest:
        return ()
    wanted = [*PERSONAL] if party.roles & {"consultant", "client"} else []
    if "consultant" in party.roles:
        wanted += [PAYOUTS]
    wanted += [PAPER]
    if party.roles & {"curator", "accountant"}:
        wanted += [BOOKS, BANK, CASES, CONTROL]
    return tuple(
        Place(name, where, picture, any(_within(path, one) for one in _paths(where)))
        for name, where, picture in wanted
    )


def _paths(where: str) -> tuple[str, ...]:
    return next((one for one in (CASE_PATHS, PAPER_PATHS, SESSION_PATHS) if where in one), (where,))


def _within(path: str, where: str) -> bool:
    return path == where or path.startswith(where + "/")
