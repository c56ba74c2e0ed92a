"""What can go wrong with people, as one tree.

PartiesError
    BadParty        name, address or role that cannot be taken: field, why
    EmailTaken      the address already belongs to a party: email
    PartyUnknown    no such party: id
    TooManyCodes    codes were asked for too often: retry_after_s
    LoginUnknown    no such login, or closed, or expired
    PasskeyUnknown  the party has no such passkey: id
    PasskeyTaken    the passkey is registered already
    TooManyPasskeys the party has as many as it may: most
"""


class PartiesError(Exception):
    """Base of the room."""

    code = "parties_error"


class BadParty(PartiesError):
    code = "bad_party"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class EmailTaken(PartiesError):
    code = "email_taken"

    def __init__(self, email: str) -> None:
        super().__init__(email)
        self.email = email


class PartyUnknown(PartiesError):
    code = "party_unknown"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id


class TooManyCodes(PartiesError):
    code = "too_many_codes"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"retry after {retry_after_s} s")
        self.retry_after_s = retry_after_s


class LoginUnknown(PartiesError):
    code = "login_unknown"


class PasskeyUnknown(PartiesError):
    code = "passkey_unknown"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id


class PasskeyTaken(PartiesError):
    code = "passkey_taken"


class TooManyPasskeys(PartiesError):
    code = "too_many_passkeys"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} at most")
        self.most = most
