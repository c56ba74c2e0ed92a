"""Documents to files: processor work, to be called in a thread. Same document, same bytes."""

import hashlib

from reports import act_page, protocol_page
from reports.documents import Act, Document, session_json
from reports.seal import Sealer, archive


def printed(document: Document) -> bytes:
    """The unsigned archive file of a document: pages and session.json."""
    data = session_json(document)
    sha256 = hashlib.sha256(data).hexdigest()
    if isinstance(document, Act):
        title, pages = act_page.TITLE, act_page.draw(document, sha256)
    else:
        title, pages = protocol_page.TITLE, protocol_page.draw(document, sha256)
    heading = document.heading
    return archive(pages, data, f"{title} № {heading.number}", document.issuer, heading.issued_at)


def sealed(document: Document, sealer: Sealer) -> bytes:
    """The file as it is issued."""
    return sealer.seal(printed(document), document.heading.issued_at)
