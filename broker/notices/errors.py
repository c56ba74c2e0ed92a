"""What can go wrong with letters.

NoticesError
    BadLetter       an address or a text that cannot be mailed: field, why
"""


class NoticesError(Exception):
    """Base of the room."""

    code = "notices_error"


class BadLetter(NoticesError):
    code = "bad_letter"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why
