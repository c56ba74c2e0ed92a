"""What can go wrong with a session, as one tree; facts are fields, `code` is stable.

    SessionsError
        BadSession          a value that cannot be taken: field, why
        SessionUnknown      number
        WrongState          number, state, wanted
        PausedByOther       only who paused may resume: number, by
        PauseForbidden      the tariff lets that side not pause: number, by, allowed
        NotYours            a stranger to the session: number, who
        PlaceTaken          somebody else is the client: number
        AccountNeeded       a paying client must be registered: number
        CommentNeeded       "not resolved" needs a comment: number
        AlreadyDecided      number, outcome
        AlreadyReviewed     number, role
        ReviewClosed        number
        DisputeClosed       nothing to ask or to answer: number, why
        AlreadySaid         in a dispute, something else: number, role
        ChatConflict        one id, two texts: number, id
        FileError           number, id of the file; "" while it has none
            BadFile         a file that cannot be taken: field, why
            FileTooBig      most, in bytes
            TooManyFiles    most, in one session
            FileRefused     a program, by its name or its content: name
            FileUnknown
            FileConflict    one id, two files
            WrongFileState  state, wanted
            NotAccepted     the other side has not agreed to take it
        RecordingUnknown    number, n
        ConsentOutdated     agreed to another text than the one in force: number, consent
        CompanyError        about who is called into a session: number
            CompanyFull     most, at once
            CallOver        the client refused, or the host sent away: state
            CallUnknown     no such call, or nobody of that address may be called
            NotToldYet      the client has not read that somebody comes
        InviteError         number of the session; "" when the link names none
            InviteUnknown   forged or mistyped
            InviteExpired   number, expires_at
            InviteUsedUp    number, uses_max
            InviteRevoked   number, revoked_at
        RecordBroken        the chain of facts does not hold: seq, why

Lack of money is the ledger's InsufficientFunds and passes through as it is.
"""

from datetime import datetime


class SessionsError(Exception):
    """Base of the room."""

    code = "sessions_error"


class BadSession(SessionsError):
    code = "bad_session"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class SessionUnknown(SessionsError):
    code = "session_unknown"

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class WrongState(SessionsError):
    """`wanted` names the trigger that the state does not take."""

    code = "wrong_state"

    def __init__(self, number: str, state: str, wanted: str) -> None:
        super().__init__(f"{number} is {state}, wanted {wanted}")
        self.number = number
        self.state = state
        self.wanted = wanted


class PausedByOther(SessionsError):
    code = "paused_by_other"

    def __init__(self, number: str, by: str) -> None:
        super().__init__(f"{number} was paused by {by}")
        self.number = number
        self.by = by


class PauseForbidden(SessionsError):
    """`allowed` is the tariff's `pause_by`: both, host, client or nobody."""

    code = "pause_forbidden"

    def __init__(self, number: str, by: str, allowed: str) -> None:
        super().__init__(f"{by} may not pause {number}: {allowed} may")
        self.number = number
        self.by = by
        self.allowed = allowed


class NotYours(SessionsError):
    code = "not_yours"

    def __init__(self, number: str, who: str) -> None:
        super().__init__(f"{who} has no part in {number}")
        self.number = number
        self.who = who


class PlaceTaken(SessionsError):
    code = "place_taken"

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class AccountNeeded(SessionsError):
    code = "account_needed"

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class CommentNeeded(SessionsError):
    code = "comment_needed"

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class AlreadyDecided(SessionsError):
    code = "already_decided"

    def __init__(self, number: str, outcome: str) -> None:
        super().__init__(f"{number}: {outcome}")
        self.number = number
        self.outcome = outcome


class AlreadyReviewed(SessionsError):
    code = "already_reviewed"

    def __init__(self, number: str, role: str) -> None:
        super().__init__(f"{number}: {role}")
        self.number = number
        self.role = role


class ReviewClosed(SessionsError):
    code = "review_closed"

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class DisputeClosed(SessionsError):
    """`why`: "outcome" (there is nothing to contest), "window", "none" (was not asked), "ruled"."""

    code = "dispute_closed"

    def __init__(self, number: str, why: str) -> None:
        super().__init__(f"{number}: {why}")
        self.number = number
        self.why = why


class AlreadySaid(SessionsError):
    code = "already_said"

    def __init__(self, number: str, role: str) -> None:
        super().__init__(f"{number}: {role}")
        self.number = number
        self.role = role


class ChatConflict(SessionsError):
    code = "chat_conflict"

    def __init__(self, number: str, id: str) -> None:
        super().__init__(f"{number}: {id}")
        self.number = number
        self.id = id


class FileError(SessionsError):
    """Base of what is refused about files."""

    code = "file_error"

    def __init__(self, number: str, id: str, why: str = "") -> None:
        super().__init__(f"{number}, file {id}: {why}")
        self.number = number
        self.id = id


class BadFile(FileError):
    code = "bad_file"

    def __init__(self, field: str, why: str) -> None:
        super().__init__("", "", f"{field}: {why}")
        self.field = field
        self.why = why


class FileTooBig(FileError):
    code = "file_too_big"

    def __init__(self, most: int) -> None:
        super().__init__("", "", f"more than {most} bytes")
        self.most = most


class TooManyFiles(FileError):
    code = "too_many_files"

    def __init__(self, number: str, most: int) -> None:
        super().__init__(number, "", f"more than {most} in one session")
        self.most = most


class FileRefused(FileError):
    code = "file_refused"

    def __init__(self, name: str) -> None:
        super().__init__("", "", f"{name} is a program")
        self.name = name


class FileUnknown(FileError):
    code = "file_unknown"


class FileConflict(FileError):
    code = "file_conflict"


class WrongFileState(FileError):
    """`wanted` is what could not be done with it."""

    code = "wrong_file_state"

    def __init__(self, number: str, id: str, state: str, wanted: str) -> None:
        super().__init__(number, id, f"is {state}, wanted {wanted}")
        self.state = state
        self.wanted = wanted


class NotAccepted(FileError):
    code = "file_not_accepted"


class RecordingUnknown(SessionsError):
    code = "recording_unknown"

    def __init__(self, number: str, n: int) -> None:
        super().__init__(f"{number}: recording {n}")
        self.number = number
        self.n = n


class ConsentOutdated(SessionsError):
    code = "consent_outdated"

    def __init__(self, number: str, consent: str) -> None:
        super().__init__(f"{number}: {consent}")
        self.number = number
        self.consent = consent


class CompanyError(SessionsError):
    """Base of what is refused about those who are called into a session."""

    code = "company_error"

    def __init__(self, number: str, why: str = "") -> None:
        super().__init__(f"{number}: {why}")
        self.number = number


class CompanyFull(CompanyError):
    code = "company_full"

    def __init__(self, number: str, most: int) -> None:
        super().__init__(number, f"more than {most} at once")
        self.most = most


class CallOver(CompanyError):
    code = "call_over"

    def __init__(self, number: str, state: str) -> None:
        super().__init__(number, state)
        self.state = state


class CallUnknown(CompanyError):
    code = "call_unknown"


class NotToldYet(CompanyError):
    code = "not_told_yet"


class InviteError(SessionsError):
    """`number` is for looking up whom to ask; it is not for the holder of the link."""

    code = "invite_error"

    def __init__(self, number: str = "", why: str = "") -> None:
        super().__init__(why)
        self.number = number


class InviteUnknown(InviteError):
    code = "invite_unknown"


class InviteExpired(InviteError):
    code = "invite_expired"

    def __init__(self, number: str, expires_at: datetime) -> None:
        super().__init__(number, f"expired at {expires_at.isoformat()}")
        self.expires_at = expires_at


class InviteUsedUp(InviteError):
    code = "invite_used_up"

    def __init__(self, number: str, uses_max: int) -> None:
        super().__init__(number, f"used {uses_max} times")
        self.uses_max = uses_max


class InviteRevoked(InviteError):
    code = "invite_revoked"

    def __init__(self, number: str, revoked_at: datetime) -> None:
        super().__init__(number, f"revoked at {revoked_at.isoformat()}")
        self.revoked_at = revoked_at


class RecordBroken(SessionsError):
    code = "record_broken"

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"fact {seq}: {why}")
        self.seq = seq
        self.why = why
