"""Takes letters from the outbox to the mail server; without one they wait for /mailbox.

A letter is written in the transaction of what it tells about, and marked as sent after the mail
server took it: it may come twice after a crash, and never about something that did not happen.
"""

import asyncio
from email.message import EmailMessage

import aiosmtplib
import structlog
from aiohttp import web

from broker import notices
from web import elsewhere
from web.keys import CLOCK, DB, SETTINGS
from web.settings import MailSettings

PACE_S = 2
SEND_WITHIN_S = 15
LETTERS_MAX = 20

log = structlog.get_logger("courier")


async def deliver(app: web.Application) -> None:
    """Deliver what waits, from time to time; never stops. Of several nodes one delivers: two would
    send the same letter."""
    mail = app[SETTINGS].mail
    if not mail.host:
        return
    while True:
        try:
            if elsewhere.leads(app):
                await deliver_once(app, mail)
        except Exception:
            log.exception("letters were not delivered, they wait")
        await asyncio.sleep(PACE_S)


async def deliver_once(app: web.Application, mail: MailSettings) -> int:
    """Send the letters that wait, oldest first; how many were taken by the mail server."""
    async with app[DB].reading() as db:
        waiting = await notices.outbox(db, LETTERS_MAX)
    for letter in waiting:
        await send(mail, compose(mail, letter))
        async with app[DB].transaction() as db:
            await notices.mark_sent(db, letter.id, app[CLOCK]())
    return len(waiting)


def compose(mail: MailSettings, letter: notices.Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


async def send(mail: MailSettings, message: EmailMessage) -> None:
    """Hand one letter over. Raises what aiosmtplib raises; the letter then waits."""
    await aiosmtplib.send(
        message,
        hostname=mail.host,
        port=mail.port,
        username=mail.login or None,
        password=mail.password.reveal() or None,
        use_tls=mail.security == "tls",
        start_tls=mail.security == "starttls",
        timeout=SEND_WITHIN_S,
    )
