"""What can go wrong on the wire, as one tree.

    SignallingError
        ProtocolError       a frame that is not a message of ours: code, field, why
        ResumeRefused       a resume key that opens nothing
        MarkRefused         a mark that is not drawn; `id` or the limit as facts
            ForeignMark         the other side's mark has this id
            MarksTooFast        more marks in a second than one side may draw

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


class MarkRefused(SignallingError):
    """A mark that is not drawn; the conversation goes on."""

    code = "mark_refused"


class ForeignMark(MarkRefused):
    """The other side's mark has this id. Facts: `id`."""

    code = "not_yours"

    def __init__(self, id: str) -> None:
        super().__init__(f"mark {id} is the other side's")
        self.id = id


class MarksTooFast(MarkRefused):
    """One side draws too many a second. Facts: `most`."""

    code = "slow_down"

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} marks a second")
        self.most = most
