"""What can go wrong on the wire, as one tree.

    SignallingError
        ProtocolError       a frame that is not a message of ours: code, field, why
        ResumeRefused       a resume key that opens nothing

`code` is stable snake_case and listed in `codes.py` and docs/signalling.md.
"""


class SignallingError(Exception):
    """Base of the room."""

    code = "signalling_error"


class ProtocolError(SignallingError):
    """A frame broke a rule of the wire. Facts: `code`, `field` (dotted path or ""), `why`."""

    def __init__(self, code: str, field: str = "", why: str = "") -> None:
        super().__init__(f"{code}: {field} {why}".strip())
        self.code = code
        self.field = field
        self.why = why


class ResumeRefused(SignallingError):
    """The key is neither the current one nor the one before it."""

    code = "resume_refused"
