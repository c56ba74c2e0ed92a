"""Passkeys in Chromium with its virtual authenticator; the code by mail without JavaScript."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession

from tests.web.browsers import Person, Server, person

pytestmark = [pytest.mark.slow, pytest.mark.browser]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


async def authenticator(one: Person) -> tuple[CDPSession, dict[str, str]]:
    """A finger that is always on the sensor, as far as the browser knows; it does not suggest."""
    device = await one.context.new_cdp_session(one.page)
    await device.send("WebAuthn.enable")
    options: dict[str, Any] = DEVICE | {"automaticPresenceSimulation": True}
    added = await device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return device, {"authenticatorId": added["authenticatorId"]}


async def register(one: Person) -> None:
    """Come in by a code for the first time, up to the offer of a passkey."""
    await one.open("/login")
    await one.page.get_by_label(one.say("E-mail")).fill(f"maria-{one.language}@example.org")
    await one.button("Send the code").click()
    await one.page.wait_for_load_state()
    letters = (await one.value("/mailbox"))["letters"]
    code = re.search(r"\d{6}", letters[0]["subject"])
    assert code is not None
    await one.page.get_by_label(one.say("Code"), exact=True).fill(f" {code[0][:3]} {code[0][3:]} ")
    name = one.say("Your name, if you are here for the first time")
    await one.page.get_by_label(name).fill("Мария Ким")
    await one.page.locator("#country").select_option("RU")
    await one.button("Log in").click()
    await one.page.wait_for_url(re.compile("/login/passkey/offer"))


async def log_out(one: Person) -> None:
    await one.page.locator("header summary").click()
    await one.button("Log out").click()
    await one.page.wait_for_url(f"{one.origin}/")


async def test_keys_in_a_browser_and_the_code_without_javascript(
    running: Server, browser: Browser
) -> None:
    """One server for both: it takes longer to start than either of them lasts."""
    await _made_used_suggested_and_refused_once_removed(
        await person(browser, running.origin, "ru", 390)
    )
    await _without_javascript_the_code_by_mail_is_the_way(
        await person(browser, running.origin, "en", java_script_enabled=False)
    )


async def _made_used_suggested_and_refused_once_removed(one: Person) -> None:
    device, which = await authenticator(one)
    await register(one)
    await one.judge("offer")
    await one.button("Add a passkey").click()
    await one.page.wait_for_load_state()
    await one.judge("new")
    await one.page.keyboard.press("Tab")
    await one.button("Create the passkey").press("Enter")
    await one.page.wait_for_url("**/dashboard")
    await log_out(one)

    await one.open("/login")  # a browser that suggests keys needs no press at all
    await one.page.wait_for_url("**/dashboard")
    await log_out(one)

    await device.send("WebAuthn.setAutomaticPresenceSimulation", which | {"enabled": False})
    await one.open("/login?next=/settings/security")
    assert "primary" not in (await one.button("Send the code").get_attribute("class") or "")
    await one.judge("login")
    # What is asked while nobody is present stays unanswered, so presence comes before the press.
    await device.send("WebAuthn.setAutomaticPresenceSimulation", which | {"enabled": True})
    await one.button("Sign in with a passkey").press("Enter")
    await one.page.wait_for_url(re.compile(r"\d/settings/security$"))
    value = await one.value("/settings/security")
    assert [row["way"] for row in value["logins"]] == ["passkey"]
    await one.page.locator("summary", has_text=one.say("Rename or remove")).click()
    await one.judge("security")
    await one.button("Remove the passkey").click()
    await one.page.wait_for_load_state()
    assert (await one.value("/settings/security"))["passkeys"] == []
    await log_out(one)

    await one.open("/login")
    told = one.text("We don't know this passkey: it may have been removed. Sign in by e-mail.")
    await told.wait_for()
    one.problems = [one for one in one.problems if "422" not in one]
    assert one.problems == []


async def _without_javascript_the_code_by_mail_is_the_way(one: Person) -> None:
    await one.open("/login")
    assert not await one.button("Sign in with a passkey").is_visible()
    assert "primary" in (await one.button("Send the code").get_attribute("class") or "")
    await register(one)
    await one.page.get_by_role("link", name=one.say("Not now")).click()
    await one.page.wait_for_url("**/dashboard")
    for path in ("/settings", "/settings/security", "/settings/security/deletion"):
        await one.open(path)
        assert await one.page.locator("h1").count() == 1
    await one.page.get_by_role("checkbox").check()
    await one.button("Delete the account").click()
    await one.page.wait_for_url("**/account-deleted")
    assert one.problems == []
