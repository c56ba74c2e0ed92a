"""Documents to files: processor work, to be called in a thread. Same document, same bytes."""

import hashlib

from reports import act_page, period_page, protocol_page, statement_page
from reports.documents import Act, SessionProtocol, session_json
from reports.period import ACT_FILE, PeriodAct, act_json
from reports.seal import ATTACHMENT, Sealer, archive
from reports.statement import STATEMENT_FILE, Statement, statement_json

Printable = SessionProtocol | Act | PeriodAct | Statement


def data_of(document: Printable) -> bytes:
    """The canonical data of a document: what is attached, and what the log has the digest of."""
    return _data(document)[0]


def printed(document: Printable, inclusion: bytes = b"") -> bytes:
    """The unsigned archive file of a document: pages, the data that they are made from, and the
    place of that data in the log."""
    data, file, language = _data(document)
    sha256 = hashlib.sha256(data).hexdigest()
    title, pages = _pages(document, sha256)
    heading = document.heading
    name = f"{title} № {heading.number}"
    issuer, at = document.issuer, heading.issued_at
    return archive(pages, data, name, issuer, at, file, language, inclusion)


def _data(document: Printable) -> tuple[bytes, str, str]:
    if isinstance(document, PeriodAct | Statement):
        language = "ru-RU" if document.scope.locale == "ru" else "en-GB"
        if isinstance(document, PeriodAct):
            return act_json(document), ACT_FILE, language
        return statement_json(document), STATEMENT_FILE, language
    return session_json(document), ATTACHMENT, "ru-RU"


def _pages(document: Printable, sha256: str) -> tuple[str, bytes]:
    if isinstance(document, Act):
        return act_page.TITLE, act_page.draw(document, sha256)
    if isinstance(document, PeriodAct):
        return period_page.title(document), period_page.draw(document, sha256)
    if isinstance(document, Statement):
        return statement_page.title(document), statement_page.draw(document, sha256)
    return protocol_page.TITLE, protocol_page.draw(document, sha256)


def sealed(document: Printable, sealer: Sealer, inclusion: bytes = b"") -> bytes:
    """The file as it is issued."""
    return sealer.seal(printed(document, inclusion), document.heading.issued_at)
