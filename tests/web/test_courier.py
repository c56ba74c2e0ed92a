"""Letters go to a mail server over a real connection, once each, and wait while there is none."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from broker import notices
from tests.conftest import free_port
from tests.web.serving import Served
from web import courier
from web.settings import MailSettings


class Box:
    """What the mail server took."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.refuses = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuses:
            return "451 try later"
        self.taken.append(envelope)
        return "250 taken"


@pytest.fixture
def box() -> Iterator[tuple[Box, MailSettings]]:
    found = Box()
    port = free_port()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found, MailSettings(host="127.0.0.1", port=port, security="none")
    controller.stop()


async def test_a_letter_is_sent_once(served: Served, box: tuple[Box, MailSettings]) -> None:
    taken, mail = box
    async with served.database.transaction() as db:
        await notices.login_code(db, "anna@example.com", "123456", "ru", served.clock())
    assert await courier.deliver_once(served.app, mail) == 1
    assert await courier.deliver_once(served.app, mail) == 0
    [envelope] = taken.taken
    assert envelope.rcpt_tos == ["anna@example.com"]
    assert "Subject: =?utf-8?" in envelope.content.decode()


async def test_a_letter_waits_while_the_mail_server_refuses(
    served: Served, box: tuple[Box, MailSettings]
) -> None:
    taken, mail = box
    taken.refuses = True
    async with served.database.transaction() as db:
        await notices.login_code(db, "anna@example.com", "123456", "en", served.clock())
    with pytest.raises(Exception, match="try later"):
        await courier.deliver_once(served.app, mail)
    taken.refuses = False
    assert await courier.deliver_once(served.app, mail) == 1


async def test_a_letter_of_a_rolled_back_transaction_is_never_sent(
    served: Served, box: tuple[Box, MailSettings]
) -> None:
    async def fail() -> None:
        async with served.database.transaction() as db:
            await notices.login_code(db, "anna@example.com", "123456", "en", served.clock())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await courier.deliver_once(served.app, box[1]) == 0


def test_a_letter_says_that_nobody_reads_answers() -> None:
    letter = notices.Letter(
        1,
        "k",
        "login_code",
        "a@example.com",
        "en",
        "Your code",
        "123456",
        at=None,  # type: ignore[arg-type]
    )
    message = courier.compose(MailSettings(), letter)
    assert isinstance(message, EmailMessage)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "123456"
