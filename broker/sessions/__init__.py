"""The live encounter: from an invite to settled money, with a record that is only added to.

A `Session` has a number (S-2026-000001), a frozen tariff and a state; `session.py` holds the one
table of transitions (docs/states.md). Every verb takes `db` first and `at` last or nearly so, locks
the session, adds facts to its hash-chained journal in the same transaction and never commits.
Roles are "host" and "client"; `Session.role_of(party)` says which, or raises NotYours.
Whatever is refused raises an error of `errors` (or the ledger's InsufficientFunds), nothing moved.

    create, session, of_party, live, join, enter, leave, everyone_left
    invite_by_token, invite, invites_of, revoke, renew_invite
    press_start, set_cap, pause, resume, hang_up, record_events (news of meter and relay)
    chat, messages, claim_media, report_result, decide, due_to_settle, settle_due, review,
    reviews
    dispute, answer_dispute, dispute_of, open_disputes, askable_until (a side asks for arbitration)
    offer_file, answer_file, withdraw_file, file_arrived, file_erased, file, files_of, files_due
    ask_recording, grant_recording, revoke_recording, cut_off_recordings, save_recording,
    lose_recording, erase_recording, recordings_of, recordings_to_save, recordings_to_erase
    call_in, company_of, company_told, agree, turn_away, call_by_token, take_call, company_enter,
    company_leave, company_claim, seat_of, billable (colleagues and observers)
    bring_key, bring_no_key, cosign, go_on_unsigned, pause_unsigned, resume_signed (receipts that
    both ends sign)
    rule, foresee, ruling_of, contested, said_by (arbitration)
    journal.append, .facts, .verify_chain, .witness, .presence_of
"""

from broker.sessions import company as company
from broker.sessions import errors as errors
from broker.sessions import journal as journal
from broker.sessions.closing import decide, report_result, settle_due
from broker.sessions.closing import due_to_settle as due_to_settle
from broker.sessions.company import PRINCIPALS as PRINCIPALS
from broker.sessions.company import CallState as CallState
from broker.sessions.company import Companion as Companion
from broker.sessions.company import billable as billable
from broker.sessions.company import check_may_enter as check_may_enter
from broker.sessions.disputes import Dispute as Dispute
from broker.sessions.disputes import askable_until as askable_until
from broker.sessions.files import HEAD_BYTES as HEAD_BYTES
from broker.sessions.files import File as File
from broker.sessions.files import check_giver as check_giver
from broker.sessions.files import check_head as check_head
from broker.sessions.files import check_taker as check_taker
from broker.sessions.invites import Invite
from broker.sessions.news import record_events
from broker.sessions.record import Fact as Fact
from broker.sessions.recording import CONSENT as CONSENT
from broker.sessions.recording import Recording as Recording
from broker.sessions.recording import RecordingState as RecordingState
from broker.sessions.reviews import Review as Review
from broker.sessions.reviews import Reviews as Reviews
from broker.sessions.session import RATE_MINOR_MAX as RATE_MINOR_MAX
from broker.sessions.session import Claim as Claim
from broker.sessions.session import Role as Role
from broker.sessions.session import Session, State
from broker.sessions.session import Sums as Sums
from broker.sessions.talk import Line as Line
from broker.sessions.verbs import begun as begun
from broker.sessions.verbs import (
    create,
    enter,
    invite,
    invite_by_token,
    join,
    leave,
    live,
    of_party,
    renew_invite,
    revoke,
    session,
)
from broker.sessions.verbs import everyone_left as everyone_left
from broker.sessions.verbs import invites_of as invites_of
from broker.sessions.verbs import named as named
from broker.sessions.verbs import page_of as page_of
from broker.sessions.verbs import tariff_sha256 as tariff_sha256
from broker.sessions.verbs_company import agree as agree
from broker.sessions.verbs_company import call_by_token as call_by_token
from broker.sessions.verbs_company import call_in as call_in
from broker.sessions.verbs_company import company_claim as company_claim
from broker.sessions.verbs_company import company_enter as company_enter
from broker.sessions.verbs_company import company_leave as company_leave
from broker.sessions.verbs_company import company_of as company_of
from broker.sessions.verbs_company import company_told as company_told
from broker.sessions.verbs_company import seat_of as seat_of
from broker.sessions.verbs_company import take_call as take_call
from broker.sessions.verbs_company import turn_away as turn_away
from broker.sessions.verbs_cosigning import CAUSE_UNSIGNED as CAUSE_UNSIGNED
from broker.sessions.verbs_cosigning import SIGNERS as SIGNERS
from broker.sessions.verbs_cosigning import bring_key as bring_key
from broker.sessions.verbs_cosigning import bring_no_key as bring_no_key
from broker.sessions.verbs_cosigning import cosign as cosign
from broker.sessions.verbs_cosigning import go_on_unsigned as go_on_unsigned
from broker.sessions.verbs_cosigning import pause_unsigned as pause_unsigned
from broker.sessions.verbs_cosigning import resume_signed as resume_signed
from broker.sessions.verbs_dispute import answer_dispute as answer_dispute
from broker.sessions.verbs_dispute import dispute as dispute
from broker.sessions.verbs_dispute import dispute_of as dispute_of
from broker.sessions.verbs_dispute import open_disputes as open_disputes
from broker.sessions.verbs_files import answer_file as answer_file
from broker.sessions.verbs_files import file as file
from broker.sessions.verbs_files import file_arrived as file_arrived
from broker.sessions.verbs_files import file_erased as file_erased
from broker.sessions.verbs_files import files_due as files_due
from broker.sessions.verbs_files import files_of as files_of
from broker.sessions.verbs_files import offer_file as offer_file
from broker.sessions.verbs_files import withdraw_file as withdraw_file
from broker.sessions.verbs_meter import hang_up, pause, press_start, resume
from broker.sessions.verbs_meter import set_cap as set_cap
from broker.sessions.verbs_recording import ask_recording as ask_recording
from broker.sessions.verbs_recording import cut_off_recordings as cut_off_recordings
from broker.sessions.verbs_recording import erase_recording as erase_recording
from broker.sessions.verbs_recording import grant_recording as grant_recording
from broker.sessions.verbs_recording import lose_recording as lose_recording
from broker.sessions.verbs_recording import recording_of as recording_of
from broker.sessions.verbs_recording import recordings_of as recordings_of
from broker.sessions.verbs_recording import recordings_to_erase as recordings_to_erase
from broker.sessions.verbs_recording import recordings_to_save as recordings_to_save
from broker.sessions.verbs_recording import revoke_recording as revoke_recording
from broker.sessions.verbs_recording import save_recording as save_recording
from broker.sessions.verbs_ruling import contested as contested
from broker.sessions.verbs_ruling import foresee as foresee
from broker.sessions.verbs_ruling import rule
from broker.sessions.verbs_ruling import ruling_of as ruling_of
from broker.sessions.verbs_ruling import said_by as said_by
from broker.sessions.verbs_talk import chat, claim_media, messages, review, reviews

__all__ = [
    "Invite",
    "Session",
    "State",
    "chat",
    "claim_media",
    "create",
    "decide",
    "enter",
    "errors",
    "hang_up",
    "invite",
    "invite_by_token",
    "join",
    "journal",
    "leave",
    "live",
    "messages",
    "of_party",
    "pause",
    "press_start",
    "record_events",
    "renew_invite",
    "report_result",
    "resume",
    "review",
    "reviews",
    "revoke",
    "rule",
    "session",
    "settle_due",
]
