"""Pictures for the readme, taken from the running product: `make screenshots`.

A consultant and a guest do the main job in Chromium; what the guest shows is a page of its own
that stands for the accounting program.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.web.browsers import ROOT, Person, Server, person, server, until

PICTURES = ROOT / "docs" / "screenshots"
SHOWN = "Accounting"  # what the guest shows; plain letters, for the flag below
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--allow-loopback-in-peer-connection",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    f"--auto-select-tab-capture-source-by-title={SHOWN}",
]
ROWS = "".join(
    f"<tr><td>{n:02d}.10.2026<td>00-{410 + n}<td>{who}<td class=n>{total}<td>{state}</tr>"
    for n, (who, total, state) in enumerate(
        [
            ("ООО «Вектор»", "128 400,00", "Проведён"),
            ("ИП Сергеева", "17 250,00", "Проведён"),
            ("АО «Северный путь»", "402 118,50", "Не проведён"),
            ("ООО «Лад»", "9 900,00", "Проведён"),
            ("ООО «Заря»", "56 780,00", "Проведён"),
            ("ИП Орлов", "31 045,20", "Не проведён"),
            ("ООО «Вектор»", "74 000,00", "Проведён"),
        ],
        3,
    )
)
PAGE = f"""<!doctype html><meta charset=utf-8><title>{SHOWN}</title><style>
body {{ margin: 0; font: 20px/1.4 "DejaVu Sans", sans-serif; background: #f7f5ec; color: #222 }}
header {{ background: #f4d94e; padding: 14px 24px; font-weight: 600 }}
nav {{ padding: 12px 24px; background: #fffbe3; border-bottom: 1px solid #ddd }}
h1 {{ font-size: 28px; margin: 22px 24px 12px }}
table {{ border-collapse: collapse; margin: 0 24px; width: calc(100% - 48px); background: #fff }}
td, th {{ border: 1px solid #ddd; padding: 12px 14px; text-align: left }} .n {{ text-align: right }}
tr:nth-child(4) td {{ background: #fde7e5 }}
</style><header>Бухгалтерия предприятия</header><nav>Главное · Продажи · Закупки · Отчёты</nav>
<h1>Документы реализации</h1><table>
<tr><th>Дата<th>Номер<th>Контрагент<th>Сумма<th>Состояние</tr>{ROWS}</table>
<p id=t style="margin:24px;color:#888">Период с 01.10.2026 по 31.10.2026</p>
<script>setInterval(() => t.style.opacity = Math.random() > .5 ? 1 : .98, 200)</script>"""


async def shoot(page: Page, name: str) -> None:
    await page.evaluate("document.fonts.ready")
    await asyncio.sleep(0.4)
    await page.screenshot(path=PICTURES / f"{name}.png")


async def before(host: Person, guest: Person) -> None:
    """Landing, dashboard, invitation, pre-join."""
    await host.open("/")
    await host.speak()
    await shoot(host.page, "landing")
    await host.button("Enter as a consultant").click()
    await host.page.wait_for_url("**/dashboard")
    await host.page.get_by_role("textbox", name=host.say("Topic")).fill("Не проводится документ")
    await shoot(host.page, "dashboard")
    await host.page.locator("input[value=host-pays]").check()
    await host.button("Start a session").click()
    await host.page.wait_for_url("**/invites/**")
    await shoot(host.page, "invite")
    link = await host.page.locator("copy-field input").input_value()
    await host.page.get_by_role("link", name=host.say("Enter the room")).click()
    await guest.open(link)
    await guest.page.get_by_label(guest.say("What is your name")).fill("Анна Петрова")


async def live(host: Person, guest: Person) -> None:
    """Both press start; the guest shows the accounting program."""
    await guest.button("Join").click()
    await guest.page.wait_for_url("**/room**")
    await host.page.locator(".stage-card .primary").click()
    await guest.button("Show my screen").click()
    await until(host.frames, lambda n: n > 10, limit_s=30)
    for sender, text in (
        (guest, "Вот этот не проводится, от 5 октября"),
        (host, "Вижу. Откройте «Администрирование», «Проведение документов»"),
    ):
        if not await sender.page.locator("chat-panel").is_visible():
            await sender.page.locator("[data-chat]").click()
        await sender.page.locator("chat-panel textarea").fill(text)
        await sender.page.keyboard.press("Enter")
    await until(host.clock, lambda now: now >= 64, limit_s=120)
    await shoot(host.page, "room")
    await shoot(guest.page, "room-guest")


async def after(host: Person) -> None:
    """The end, the result, the paper."""
    await host.page.locator(".end-button").click()
    dialog = host.page.get_by_role("dialog")
    await dialog.get_by_role("button", name=host.say("End the session")).click()
    await host.page.wait_for_url("**/result")
    link = host.page.get_by_role("link", name=host.say("Download the record")).first

    async def made() -> int:
        await host.page.reload()
        return await link.count()

    await until(made, bool)
    await shoot(host.page, "result")
    async with host.page.expect_download() as coming:
        await link.click()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "record.pdf"
        await (await coming.value).save_as(file)
        command = ["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile"]
        target = str(PICTURES / "protocol")
        await asyncio.to_thread(subprocess.run, [*command, str(file), target], check=True)


async def take(browser: Browser, phone: Browser, running: Server) -> None:
    host = await person(browser, running.origin, "ru")
    guest = await person(phone, running.origin, "ru")
    shown = await guest.context.new_page()
    await shown.set_viewport_size({"width": 1280, "height": 720})
    await shown.set_content(PAGE)
    await guest.page.bring_to_front()
    await before(host, guest)
    small = await person(phone, running.origin, "ru", 390)
    await small.open(guest.page.url)
    await shoot(small.page, "prejoin-phone")
    await live(host, guest)
    await after(host)


async def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("chromium is missing: run `make system`")
    with tempfile.TemporaryDirectory() as folder:
        async with server(Path(folder)) as running, async_playwright() as play:
            own, other = [
                await play.chromium.launch(executable_path=chromium, args=FLAGS) for _ in range(2)
            ]
            await take(own, other, running)
            await own.close()
            await other.close()


if __name__ == "__main__":
    asyncio.run(main())
