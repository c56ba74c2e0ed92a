"""Who: parties, their roles and logins.

A `Party` is a registered person, or a guest bound to one session (`guest`, no address). A `Login`
opens with a token that only the browser keeps; we keep its hash. Codes come by mail: 5 tries,
10 minutes, once. `check_code` answers `Party | CodeRefused`: a refusal is a value because the
used-up try must be committed. Where a party lives is kept by `ledger.control`: money obeys it.

    register(db, name, email, roles, locale, at, country) ; register_guest(db, name, session, …)
    party(db, id) ; by_email(db, email) ; set_locale(db, id, locale) ; move(db, party, country, at)
    send_code(db, email, at, code) ; check_code(db, email, code, at, locale)
    open_login(db, party, at, token) ; login(db, token, at) ; close_login(db, token, at)
"""

from broker.parties.errors import (
    BadParty,
    EmailTaken,
    LoginUnknown,
    PartiesError,
    PartyUnknown,
    TooManyCodes,
)
from broker.parties.logins import CodeRefused, Login
from broker.parties.people import Party
from broker.parties.verbs import (
    by_email,
    check_code,
    close_login,
    login,
    move,
    open_login,
    party,
    register,
    register_guest,
    send_code,
    set_locale,
)
from broker.parties.verbs import unknown as unknown

__all__ = [
    "BadParty",
    "CodeRefused",
    "EmailTaken",
    "Login",
    "LoginUnknown",
    "PartiesError",
    "Party",
    "PartyUnknown",
    "TooManyCodes",
    "by_email",
    "check_code",
    "close_login",
    "login",
    "move",
    "open_login",
    "party",
    "register",
    "register_guest",
    "send_code",
    "set_locale",
]
