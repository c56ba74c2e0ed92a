"""An issued file read back: the document as a value, out of the data inside of it."""

from reports.canonical import parse
from reports.documents import Document, from_session_json
from reports.errors import NotASession
from reports.period_previews import Made
from reports.seal import attachment_of
from reports.verify_period import period_paper

AnyPaper = Document | Made
_BROKEN = (KeyError, TypeError, ValueError, AttributeError)


def read_paper(pdf: bytes) -> AnyPaper:
    """The document; work for a thread. Raises: NotASession for data of no kind that we know."""
    raw, reason = attachment_of(pdf)
    if raw is None:
        raise NotASession(reason)
    try:
        body = parse(raw)
        return period_paper(body) if "scope" in body else from_session_json(body)
    except _BROKEN as error:
        raise NotASession(f"{type(error).__name__}: {error}") from error
