"""Letters that a demo server did not send, so that nobody needs a mail server to try it."""

from aiohttp import web

from broker import notices
from web.errors import NotFound
from web.faces import face
from web.keys import DB, SETTINGS
from web.shapes import Mail, Mailbox

LETTERS_MAX = 1000  # a demonstration sends few
SHOWN_MAX = 30


async def show(request: web.Request) -> web.StreamResponse:
    """The outbox, newest first. Raises: NotFound unless this is a demo."""
    if not request.app[SETTINGS].demo:
        raise NotFound()
    async with request.app[DB].reading() as db:
        letters = await notices.outbox(db, LETTERS_MAX)
    mails = [Mail(one.to, one.subject, one.text, one.at) for one in reversed(letters)]
    return face(request, "mailbox.html", Mailbox(tuple(mails[:SHOWN_MAX])))
