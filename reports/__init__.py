"""Paper: reads everything, writes only the register of issued documents.

    sealer = development_sealer(folder, at, issuer=Issuer())   # keys are made on the first run
    issued = await issue_protocol(db, "S-2026-000001", at, sealer)
    issued = await issue_act(db, "S-2026-000001", at, sealer)
    found = await documents(db, Filter(party=id, since=..., until=...))
    issued = await issue_period_act(db, Scope("client", id, first, last), customer, at, sealer)
    issued = await issue_period_paper(db, AGENT_REPORT, scope, customer, at, sealer)
    paper = await document(db, "A-2026-000001")                # or exactly "A-2026-000001-r1"
    file = await upd_file(db, "A-2026-000001", UpdParty(name, inn, kpp, address))   # УПД 5.03
    verdict = verify_file(paper.pdf, sealer.trust_pem, at)     # .code 0, 1, 2 or 3
    file = await einvoice_file(db, "U-2026-000001", EuParty(name, country, vat_id), "ubl")
    proof = await log_verbs.inclusion(db, position, size)      # the transparency log, ADR 0029

An issued file never changes. Issuing again with the same content answers the same `Issued`; a
correction is the next revision under the same number and says which file it replaces. Totals on
paper equal the ledger's journals or nothing is issued. Numbers have no gaps in a series and year.

Money is minor units, `minutes` are billed minutes, moments are aware UTC. Verbs take `db` first and
never commit; drawing and sealing run in a thread, for a server outside of the transaction that
writes: reports/drafts.py. `verify_file` is processor work of some 0.2 s
without database or network: call it in a thread (`asyncio.to_thread`), never inside the loop.
"""

from reports import log_compare as log_compare
from reports import log_verbs as log_verbs
from reports import tally as tally
from reports.agent_report import AGENT_REPORT as AGENT_REPORT
from reports.agent_report import AgentReport as AgentReport
from reports.authority import make_development_ca as make_development_ca
from reports.checkpoints import read as read_checkpoint
from reports.documents import Act as Act
from reports.documents import Document as Document
from reports.documents import SessionProtocol as SessionProtocol
from reports.drafts import Draft as Draft
from reports.drafts import press_draft as press_draft
from reports.editions import keep_edition as keep_edition
from reports.editions import press_edition as press_edition
from reports.editions import registered as registered
from reports.einvoice import EuParty as EuParty
from reports.errors import BadRegister as BadRegister
from reports.errors import (
    DocumentUnknown,
    NotEnded,
    NothingInPeriod,
    NothingToAct,
    Overtaken,
    PaperError,
    PeriodAhead,
    SessionUnknown,
    TotalsDiffer,
)
from reports.errors import EInvoiceIncomplete as EInvoiceIncomplete
from reports.errors import NotInLog as NotInLog
from reports.errors import UpdIncomplete as UpdIncomplete
from reports.exchange import SYNTAXES as SYNTAXES
from reports.exchange import ExchangeFile as ExchangeFile
from reports.exchange import einvoice_buyer as einvoice_buyer
from reports.exchange import einvoice_file as einvoice_file
from reports.exchange import upd_buyer as upd_buyer
from reports.exchange import upd_file as upd_file
from reports.exports import FORMS as FORMS
from reports.exports import ZIP as ZIP
from reports.exports import RegisterFile as RegisterFile
from reports.exports import Wanted as Wanted
from reports.exports import count_rows as count_rows
from reports.exports import write_register as write_register
from reports.findings import Finding as Finding
from reports.findings import Verdict, verify_text
from reports.findings import verify_json as verify_json
from reports.headings import LANGUAGES as LANGUAGES
from reports.inclusion import LOG_ENTRY as LOG_ENTRY
from reports.issuer import FREE_OF_VAT as FREE_OF_VAT
from reports.issuer import Issuer
from reports.issuer import Vat as Vat
from reports.log_audit import check_log as check_log
from reports.log_key import LogKey as LogKey
from reports.monthly import MONTHLY as MONTHLY
from reports.monthly import Book as Book
from reports.monthly import Found as Found
from reports.monthly import MonthSums as MonthSums
from reports.monthly import Place as Place
from reports.monthly import buyers_of_month as buyers_of_month
from reports.monthly import coming as coming
from reports.monthly import count_places as count_places
from reports.monthly import draft_monthly as draft_monthly
from reports.monthly import month_sums as month_sums
from reports.monthly import papers_of_buyer as papers_of_buyer
from reports.months import Month as Month
from reports.paper_audit import check_papers as check_papers
from reports.period import PERIOD_ACT as PERIOD_ACT
from reports.period import Customer as Customer
from reports.period import Pair as Pair
from reports.period import PeriodAct as PeriodAct
from reports.period import PeriodLine as PeriodLine
from reports.period import Scope as Scope
from reports.period_previews import preview_act as preview_act
from reports.period_previews import preview_agent_report as preview_agent_report
from reports.period_previews import preview_reconciliation as preview_reconciliation
from reports.period_previews import preview_statement as preview_statement
from reports.period_verbs import PAIRS_MAX as PAIRS_MAX
from reports.period_verbs import customer_of as customer_of
from reports.period_verbs import draft_period_paper as draft_period_paper
from reports.period_verbs import issue_period_act, issue_statement, period_papers
from reports.period_verbs import issue_period_paper as issue_period_paper
from reports.period_verbs import keep_period_paper as keep_period_paper
from reports.period_verbs import pairs_in as pairs_in
from reports.press import Pressed as Pressed
from reports.queries_sessions import SessionsAsked as SessionsAsked
from reports.queries_sessions import last_before as last_before
from reports.queries_sessions import session_lines as session_lines
from reports.queries_sessions import session_totals as session_totals
from reports.reading import AnyPaper as AnyPaper
from reports.reading import read_paper as read_paper
from reports.reconciliation import RECONCILIATION as RECONCILIATION
from reports.reconciliation import Reconciliation as Reconciliation
from reports.reconciliation import postings as postings
from reports.register import Filter, Issued, Paper
from reports.register import PeriodIssued as PeriodIssued
from reports.seal import Sealer, development_sealer
from reports.session_file import write_sessions as write_sessions
from reports.statement import STATEMENT as STATEMENT
from reports.statement import Movement as Movement
from reports.statement import Statement as Statement
from reports.store_listing import Listed as Listed
from reports.store_listing import PapersAsked as PapersAsked
from reports.store_listing import listed_papers as listed_papers
from reports.store_listing import paper_totals as paper_totals
from reports.store_listing import revisions as revisions
from reports.store_log import Made as Made
from reports.sums_in_words import sum_text as sum_text
from reports.upd import UpdParty as UpdParty
from reports.verbs import document, document_by_sha256, documents, issue_act, issue_protocol
from reports.verbs import draft_act as draft_act
from reports.verbs import draft_protocol as draft_protocol
from reports.verbs import keep as keep
from reports.verify import verify_file

__all__ = [
    "DocumentUnknown",
    "Filter",
    "Issued",
    "Issuer",
    "NotEnded",
    "NothingInPeriod",
    "NothingToAct",
    "Overtaken",
    "Paper",
    "PaperError",
    "PeriodAhead",
    "Sealer",
    "SessionUnknown",
    "TotalsDiffer",
    "Verdict",
    "development_sealer",
    "document",
    "document_by_sha256",
    "documents",
    "issue_act",
    "issue_period_act",
    "issue_protocol",
    "issue_statement",
    "period_papers",
    "read_checkpoint",
    "verify_file",
    "verify_text",
]
