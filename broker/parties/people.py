"""A person or a guest; one registration serves every role."""

from dataclasses import dataclass
from datetime import datetime

from broker.parties.errors import BadParty

ROLES = frozenset({"consultant", "client", "accountant", "curator"})
LOCALES = ("ru", "en")
THEMES = ("system", "light", "dark")
ERASED_NAMES = {"ru": "Удалённый аккаунт", "en": "Deleted account"}
NAME_CHARS_MAX = 80
EMAIL_CHARS_MAX = 254


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person prefers, on whichever device. `muted` names kinds of letters not wanted."""

    theme: str = "system"
    shortcuts: bool = True
    muted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Party:
    """`email` is None for a guest, who belongs to one `session` and owns nothing, and for a party
    that was erased: papers and journals still name its `id`."""

    id: str
    name: str
    email: str | None
    roles: frozenset[str]
    locale: str
    created_at: datetime
    guest: bool = False
    session: str | None = None
    choices: Choices = Choices()
    erased_at: datetime | None = None


def clean_name(name: str) -> str:
    """The name with single spaces. Raises: BadParty.

    >>> clean_name("  Анна   Петрова ")
    'Анна Петрова'
    """
    found = " ".join(name.split())
    if not found:
        raise BadParty("name", "empty")
    if len(found) > NAME_CHARS_MAX:
        raise BadParty("name", f"longer than {NAME_CHARS_MAX} characters")
    if not found.isprintable():
        raise BadParty("name", "characters that cannot be printed")
    return found


def clean_email(email: str) -> str:
    """The address as we compare it. Raises: BadParty.

    >>> clean_email(" Anna@Example.RU ")
    'anna@example.ru'
    """
    found = email.strip().lower()
    local, at, domain = found.partition("@")
    if not (local and at and "." in domain.strip(".")) or "@" in domain:
        raise BadParty("email", "not an address")
    if len(found) > EMAIL_CHARS_MAX or not found.isprintable() or set(found) & set(" ,;<>"):
        raise BadParty("email", "not an address")
    return found


def clean_roles(roles: frozenset[str]) -> frozenset[str]:
    """At least one known role. Raises: BadParty."""
    if not roles or roles - ROLES:
        raise BadParty("roles", "unknown or none")
    return roles


def clean_locale(locale: str) -> str:
    """A language that we speak; any other becomes the first of `LOCALES`.

    >>> clean_locale("fr")
    'ru'
    """
    return locale if locale in LOCALES else LOCALES[0]


def clean_choices(choices: Choices) -> Choices:
    """Raises: BadParty for a theme that there is not."""
    if choices.theme not in THEMES:
        raise BadParty("theme", "unknown")
    return choices
