"""Who: parties, their roles and logins.

A `Party` is a registered person, or a guest bound to one session (`guest`, no address). A `Login`
opens with a token that only the browser keeps; we keep its hash. Codes come by mail: 5 tries,
10 minutes, once. `check_code` answers `Party | CodeRefused`: a refusal is a value because the
used-up try must be committed. Where a party lives is kept by `ledger.control`: money obeys it.

    register(db, name, email, roles, locale, at, country) ; register_guest(db, name, session, …)
    party(db, id) ; by_email(db, email) ; set_locale(db, id, locale) ; move(db, party, country, at)
    send_code(db, email, at, code) ; check_code(db, email, code, at, locale)
    open_login(db, party, at, token, knock) ; login(db, token, at) ; close_login(db, token, at)
    passkeys_of, add_passkey, enter_by_passkey, rename_passkey, remove_passkey
    challenges.mint, .judge ; spend_challenge(db, challenge, at) -> whether it was fresh
    logins_of, close_own_login, close_other_logins, saw ; choose(db, party, choices)
    erase(db, party, at): the person is forgotten, the id stays for books and papers
"""

from broker.parties import challenges as challenges
from broker.parties.errors import (
    BadParty,
    EmailTaken,
    LoginUnknown,
    PartiesError,
    PartyUnknown,
    TooManyCodes,
)
from broker.parties.errors import PasskeyTaken as PasskeyTaken
from broker.parties.errors import PasskeyUnknown as PasskeyUnknown
from broker.parties.errors import TooManyPasskeys as TooManyPasskeys
from broker.parties.logins import CodeRefused, Login
from broker.parties.logins import Knock as Knock
from broker.parties.passkeys import NewKey as NewKey
from broker.parties.passkeys import Passkey as Passkey
from broker.parties.passkeys import PasskeyRefused as PasskeyRefused
from broker.parties.people import THEMES as THEMES
from broker.parties.people import Choices as Choices
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
from broker.parties.verbs_account import choose as choose
from broker.parties.verbs_account import close_other_logins as close_other_logins
from broker.parties.verbs_account import close_own_login as close_own_login
from broker.parties.verbs_account import erase as erase
from broker.parties.verbs_account import logins_of as logins_of
from broker.parties.verbs_account import saw as saw
from broker.parties.verbs_account import unseen_for_long as unseen_for_long
from broker.parties.verbs_passkeys import add_passkey as add_passkey
from broker.parties.verbs_passkeys import enter_by_passkey as enter_by_passkey
from broker.parties.verbs_passkeys import passkeys_of as passkeys_of
from broker.parties.verbs_passkeys import remove_passkey as remove_passkey
from broker.parties.verbs_passkeys import rename_passkey as rename_passkey
from broker.parties.verbs_passkeys import spend_challenge as spend_challenge

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
