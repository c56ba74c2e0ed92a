"""Domain error to HTTP status and stable code: one table, read by web/shield.py.

WebError
+- LoginNeeded     401, a page sends the person to the login page
+- Forbidden       403
+- NotFound        404
+- BadInput        422, `field` names the one that is wrong
+- WrongOffset     409, `have`: how many bytes are there
+- WrongHash       422, the bytes that came are not the file that was announced
+- TooOften        429, `retry_after_s`
+- TooBusy         503, `retry_after_s`
"""

from http import HTTPStatus


class WebError(Exception):
    """An error of this room; `status` and `code` go to the answer."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LoginNeeded(WebError):
    """Nobody is logged in. wanted: the path to come back to."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self, wanted: str = "/") -> None:
        super().__init__("login_needed")
        self.wanted = wanted


class Forbidden(WebError):
    """The page is for another role, or the form is not ours."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self, code: str = "forbidden") -> None:
        super().__init__(code)


class NotFound(WebError):
    """There is no such thing, or it is not shown to this party."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, code: str = "not_found") -> None:
        super().__init__(code)


class BadInput(WebError):
    """A field has no usable value. field: its name in the form."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, field: str, code: str = "bad_input") -> None:
        super().__init__(code)
        self.field = field


class WrongOffset(WebError):
    """A part of a file does not follow what is there. have: bytes that are."""

    status = HTTPStatus.CONFLICT

    def __init__(self, have: int) -> None:
        super().__init__("wrong_offset")
        self.have = have


class WrongHash(WebError):
    """What came is not the file that was announced; it was thrown away."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__("wrong_hash")


class TooOften(WebError):
    """A limit was reached. retry_after_s: whole seconds until another try makes sense."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("too_often")
        self.retry_after_s = retry_after_s


class TooBusy(WebError):
    """A transaction was taken back by others again and again; nothing was done."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after_s = 1

    def __init__(self) -> None:
        super().__init__("too_busy")


# Class name of a room's error -> (status, stable code), by name so that the table stays one page;
# tests/web/test_errors.py checks that the rooms have an error of each name.
TABLE: dict[str, tuple[HTTPStatus, str]] = {
    # ledger
    "InsufficientFunds": (HTTPStatus.PAYMENT_REQUIRED, "insufficient_funds"),
    "AccountFrozen": (HTTPStatus.CONFLICT, "wallet_frozen"),
    "NothingToRefund": (HTTPStatus.CONFLICT, "nothing_to_refund"),
    "RefundConflict": (HTTPStatus.CONFLICT, "refund_conflict"),
    "RefundUnknown": (HTTPStatus.NOT_FOUND, "not_found"),
    "RuledOtherwise": (HTTPStatus.CONFLICT, "ruled_otherwise"),
    "CostsTooHigh": (HTTPStatus.CONFLICT, "costs_too_high"),
    "PenaltyTooHigh": (HTTPStatus.UNPROCESSABLE_ENTITY, "penalty_too_high"),
    "DisputeUnknown": (HTTPStatus.NOT_FOUND, "not_found"),
    "EvidenceClosed": (HTTPStatus.CONFLICT, "evidence_closed"),
    "NothingFrozen": (HTTPStatus.CONFLICT, "nothing_frozen"),
    "TopUpUnknown": (HTTPStatus.NOT_FOUND, "top_up_unknown"),
    "TopUpConflict": (HTTPStatus.CONFLICT, "top_up_conflict"),
    "GatewayRefused": (HTTPStatus.BAD_GATEWAY, "gateway_refused"),
    "GatewayUnreachable": (HTTPStatus.BAD_GATEWAY, "gateway_unreachable"),
    "SettledOtherwise": (HTTPStatus.CONFLICT, "already_decided"),
    "NoVatRate": (HTTPStatus.CONFLICT, "no_vat_rate"),
    "GrantConflict": (HTTPStatus.CONFLICT, "grant_conflict"),
    "KeyConflict": (HTTPStatus.CONFLICT, "key_conflict"),
    "DraftRefused": (HTTPStatus.CONFLICT, "draft_refused"),
    "HoldUnknown": (HTTPStatus.CONFLICT, "hold_conflict"),
    "HoldEnded": (HTTPStatus.CONFLICT, "hold_conflict"),
    "HoldConflict": (HTTPStatus.CONFLICT, "hold_conflict"),
    "RefundRefused": (HTTPStatus.CONFLICT, "refund_refused"),
    "PayOutRefused": (HTTPStatus.CONFLICT, "pay_out_refused"),
    "UnknownAnswer": (HTTPStatus.BAD_GATEWAY, "gateway_unknown_answer"),
    "EventRefused": (HTTPStatus.BAD_REQUEST, "event_refused"),
    "TryAgain": (HTTPStatus.SERVICE_UNAVAILABLE, "too_busy"),
    "Unanswered": (HTTPStatus.SERVICE_UNAVAILABLE, "too_busy"),
    "WriterClosed": (HTTPStatus.SERVICE_UNAVAILABLE, "too_busy"),
    "CapReached": (HTTPStatus.CONFLICT, "cap_too_low"),
    "BadCap": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "AllowanceGone": (HTTPStatus.SERVICE_UNAVAILABLE, "too_busy"),
    "AllowanceConflict": (HTTPStatus.CONFLICT, "grant_conflict"),
    # ledger.control
    "SwitchedOff": (HTTPStatus.SERVICE_UNAVAILABLE, "switched_off"),
    "WrongRail": (HTTPStatus.FORBIDDEN, "wrong_rail"),
    "InvoiceUnknown": (HTTPStatus.NOT_FOUND, "invoice_unknown"),
    "InvoiceEnded": (HTTPStatus.CONFLICT, "invoice_ended"),
    "BankError": (HTTPStatus.UNPROCESSABLE_ENTITY, "bank_refused"),
    "RailsApart": (HTTPStatus.FORBIDDEN, "rails_apart"),
    "OverLimit": (HTTPStatus.CONFLICT, "over_limit"),
    "RoleRefused": (HTTPStatus.FORBIDDEN, "other_role"),
    "NothingSaid": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "CountryUnknown": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "ApprovalUnknown": (HTTPStatus.NOT_FOUND, "approval_unknown"),
    "ApprovalConflict": (HTTPStatus.CONFLICT, "approval_conflict"),
    "ApprovalEnded": (HTTPStatus.CONFLICT, "approval_ended"),
    "SamePerson": (HTTPStatus.FORBIDDEN, "same_person"),
    # ledger.books
    "BadPeriod": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_period"),
    "ClosingRefused": (HTTPStatus.CONFLICT, "closing_refused"),
    "PayOutUnknown": (HTTPStatus.NOT_FOUND, "pay_out_unknown"),
    "PayOutConflict": (HTTPStatus.CONFLICT, "pay_out_conflict"),
    "WrongPayOutState": (HTTPStatus.CONFLICT, "wrong_state"),
    "PayeeUnknown": (HTTPStatus.CONFLICT, "no_payee"),
    "BadPayee": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "CardUnknown": (HTTPStatus.NOT_FOUND, "card_unknown"),
    "SetupUnknown": (HTTPStatus.NOT_FOUND, "not_found"),
    "RunUnknown": (HTTPStatus.NOT_FOUND, "not_found"),
    # ledger.books, ledger.cards and ledger.payouts, what else they refuse
    "BadExport": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "BadSetting": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "NewsUnknown": (HTTPStatus.NOT_FOUND, "not_found"),
    "NewsNotDead": (HTTPStatus.CONFLICT, "news_not_dead"),
    "NotYet": (HTTPStatus.CONFLICT, "not_yet"),
    "CallNotByHand": (HTTPStatus.CONFLICT, "not_by_hand"),
    "NotByHand": (HTTPStatus.CONFLICT, "not_by_hand"),
    "NoAccount": (HTTPStatus.CONFLICT, "no_payee"),
    "NothingToReverse": (HTTPStatus.CONFLICT, "nothing_to_reverse"),
    "NotCleared": (HTTPStatus.CONFLICT, "not_cleared"),
    "OutOfBounds": (HTTPStatus.UNPROCESSABLE_ENTITY, "out_of_bounds"),
    "MustWait": (HTTPStatus.CONFLICT, "must_wait"),
    # metering
    "UnknownMeter": (HTTPStatus.NOT_FOUND, "session_unknown"),
    "MeterConflict": (HTTPStatus.CONFLICT, "wrong_state"),
    "StaleMeter": (HTTPStatus.SERVICE_UNAVAILABLE, "too_busy"),
    "LeaseLost": (HTTPStatus.SERVICE_UNAVAILABLE, "too_busy"),
    "BadField": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "BadTariff": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "BadQuote": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "UnknownPlan": (HTTPStatus.NOT_FOUND, "not_found"),
    "KeyRefused": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_key"),
    "KeyChanged": (HTTPStatus.CONFLICT, "key_changed"),
    "ReceiptUnknown": (HTTPStatus.NOT_FOUND, "receipt_unknown"),
    "BadSignature": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_signature"),
    "AlreadySigned": (HTTPStatus.CONFLICT, "already_signed"),
    "TariffConflict": (HTTPStatus.CONFLICT, "tariff_conflict"),
    # broker.parties
    "BadParty": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "EmailTaken": (HTTPStatus.CONFLICT, "email_taken"),
    "PartyUnknown": (HTTPStatus.NOT_FOUND, "party_unknown"),
    "LoginUnknown": (HTTPStatus.NOT_FOUND, "not_found"),
    "TooManyCodes": (HTTPStatus.TOO_MANY_REQUESTS, "too_often"),
    "PasskeyUnknown": (HTTPStatus.NOT_FOUND, "not_found"),
    "PasskeyTaken": (HTTPStatus.CONFLICT, "passkey_taken"),
    "TooManyPasskeys": (HTTPStatus.CONFLICT, "too_many_passkeys"),
    # broker.sessions
    "BadSession": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "SessionUnknown": (HTTPStatus.NOT_FOUND, "session_unknown"),
    "WrongState": (HTTPStatus.CONFLICT, "wrong_state"),
    "PausedByOther": (HTTPStatus.CONFLICT, "not_yours"),
    "PauseForbidden": (HTTPStatus.CONFLICT, "pause_forbidden"),
    "NotYours": (HTTPStatus.FORBIDDEN, "not_yours"),
    "PlaceTaken": (HTTPStatus.CONFLICT, "place_taken"),
    "AccountNeeded": (HTTPStatus.FORBIDDEN, "account_needed"),
    "CommentNeeded": (HTTPStatus.UNPROCESSABLE_ENTITY, "comment_needed"),
    "AlreadyDecided": (HTTPStatus.CONFLICT, "already_decided"),
    "AlreadyReviewed": (HTTPStatus.CONFLICT, "already_reviewed"),
    "DisputeClosed": (HTTPStatus.CONFLICT, "dispute_closed"),
    "AlreadySaid": (HTTPStatus.CONFLICT, "already_said"),
    "ReviewClosed": (HTTPStatus.CONFLICT, "review_closed"),
    "RecordingUnknown": (HTTPStatus.NOT_FOUND, "recording_unknown"),
    "ConsentOutdated": (HTTPStatus.CONFLICT, "consent_outdated"),
    "ChatConflict": (HTTPStatus.CONFLICT, "chat_conflict"),
    "BadFile": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    "FileTooBig": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "file_too_big"),
    "TooManyFiles": (HTTPStatus.CONFLICT, "too_many_files"),
    "FileRefused": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "file_refused"),
    "FileUnknown": (HTTPStatus.NOT_FOUND, "not_found"),
    "FileConflict": (HTTPStatus.CONFLICT, "file_conflict"),
    "WrongFileState": (HTTPStatus.CONFLICT, "wrong_file_state"),
    "NotAccepted": (HTTPStatus.FORBIDDEN, "file_not_accepted"),
    "CompanyError": (HTTPStatus.CONFLICT, "call_over"),
    "CompanyFull": (HTTPStatus.CONFLICT, "company_full"),
    "CallOver": (HTTPStatus.GONE, "call_over"),
    "CallUnknown": (HTTPStatus.NOT_FOUND, "call_unknown"),
    "NotToldYet": (HTTPStatus.CONFLICT, "not_told_yet"),
    "InviteUnknown": (HTTPStatus.NOT_FOUND, "invite_unknown"),
    "InviteExpired": (HTTPStatus.GONE, "invite_expired"),
    "InviteUsedUp": (HTTPStatus.GONE, "invite_used_up"),
    "InviteRevoked": (HTTPStatus.GONE, "invite_revoked"),
    # reports
    "DocumentUnknown": (HTTPStatus.NOT_FOUND, "document_unknown"),
    "Overtaken": (HTTPStatus.CONFLICT, "overtaken"),
    "NotInLog": (HTTPStatus.NOT_FOUND, "not_in_log"),
    "BadRegister": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_register"),
    "UpdIncomplete": (HTTPStatus.UNPROCESSABLE_ENTITY, "upd_incomplete"),
    "EInvoiceIncomplete": (HTTPStatus.UNPROCESSABLE_ENTITY, "einvoice_incomplete"),
    "NothingToAct": (HTTPStatus.CONFLICT, "nothing_to_act"),
    "NothingInPeriod": (HTTPStatus.CONFLICT, "nothing_in_period"),
    "PeriodAhead": (HTTPStatus.CONFLICT, "period_ahead"),
    "NotEnded": (HTTPStatus.CONFLICT, "not_ended"),
    "NotASession": (HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
}


# Our own faults, whoever asked: a plain 500 that is logged. A new error of a room goes to the table
# or here, says the test.
OURS = frozenset({"LedgerBroken", "RoleUnknown", "RecordBroken", "BadLetter", "TotalsDiffer"})


def verdict(error: BaseException) -> tuple[HTTPStatus, str] | None:
    """Status and code of an error by its class or the nearest parent in the table."""
    if isinstance(error, WebError):
        return error.status, error.code
    for kind in type(error).__mro__:
        if kind.__name__ in TABLE:
            return TABLE[kind.__name__]
    return None
