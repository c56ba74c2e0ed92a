"""Documents to files: processor work, to be called in a thread. Same document, same bytes."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from reports import (
    act_page,
    agent_report_page,
    period_page,
    protocol_page,
    reconciliation_page,
    statement_page,
)
from reports.agent_report import AGENT_REPORT_FILE, AgentReport, agent_report_json
from reports.archive import ATTACHMENT
from reports.cii_xml import cii
from reports.documents import Act, SessionProtocol, session_json
from reports.einvoice import hybrid_invoice
from reports.hybrid import with_invoice
from reports.period import ACT_FILE, PeriodAct, act_json
from reports.reconciliation import (
    RECONCILIATION_FILE,
    Reconciliation,
    reconciliation_json,
)
from reports.seal import Sealer, archive, placed
from reports.session_words import Words
from reports.statement import STATEMENT_FILE, Statement, statement_json

Printable = SessionProtocol | Act | PeriodAct | Statement | Reconciliation | AgentReport


class Pressed(NamedTuple):
    """An unsigned archive file and the digest of the data attached to it, which the log has."""

    sha256: str
    file: bytes


def pressed(document: Printable, checked: bool = True) -> Pressed:
    """The pages of a document with the data that they are made from; `checked` as of `archive`."""
    data, file, language = _data(document)
    sha256 = hashlib.sha256(data).hexdigest()
    title, pages = _pages(document, sha256)
    heading = document.heading
    name = f"{title} № {heading.number}"
    made = archive(pages, data, name, document.issuer, heading.issued_at, file, language, checked)
    if isinstance(document, PeriodAct) and (invoice := hybrid_invoice(document)):
        at = heading.issued_at.astimezone(document.issuer.zone)
        made = with_invoice(made, cii(invoice), at)
    return Pressed(sha256, made)


def printed(document: Printable, inclusion: bytes = b"", checked: bool = True) -> bytes:
    """The unsigned file, with the place of its data in the log if there is one."""
    file, at = pressed(document, checked).file, document.heading.issued_at
    return placed(file, inclusion, at.astimezone(document.issuer.zone)) if inclusion else file


def finished(file: Pressed, inclusion: bytes, sealer: Sealer, at: datetime) -> bytes:
    """The file as it is issued: with its place in the log, sealed."""
    return sealer.seal(placed(file.file, inclusion, at.astimezone(sealer.issuer.zone)), at)


def _data(document: Printable) -> tuple[bytes, str, str]:
    if isinstance(document, SessionProtocol | Act):
        language = "en-GB" if document.heading.english else "ru-RU"
        return session_json(document), ATTACHMENT, language
    language = "ru-RU" if document.scope.locale == "ru" else "en-GB"
    if isinstance(document, PeriodAct):
        return act_json(document), ACT_FILE, language
    if isinstance(document, Reconciliation):
        return reconciliation_json(document), RECONCILIATION_FILE, language
    if isinstance(document, AgentReport):
        return agent_report_json(document), AGENT_REPORT_FILE, language
    return statement_json(document), STATEMENT_FILE, language


def _pages(document: Printable, sha256: str) -> tuple[str, bytes]:
    if isinstance(document, Act):
        return Words(document.heading.english)("act"), act_page.draw(document, sha256)
    if isinstance(document, PeriodAct):
        return period_page.title(document), period_page.draw(document, sha256)
    if isinstance(document, Statement):
        return statement_page.title(document), statement_page.draw(document, sha256)
    if isinstance(document, Reconciliation):
        return reconciliation_page.title(document), reconciliation_page.draw(document, sha256)
    if isinstance(document, AgentReport):
        return agent_report_page.title(document), agent_report_page.draw(document, sha256)
    return Words(document.heading.english)("protocol"), protocol_page.draw(document, sha256)


def sealed(document: Printable, sealer: Sealer, inclusion: bytes = b"") -> bytes:
    """A whole file in one step."""
    return sealer.seal(printed(document, inclusion), document.heading.issued_at)
