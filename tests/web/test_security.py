"""Who is signed in, one's own data as a file, and the end of an account with what the law keeps."""

import io
import json
import re
import zipfile

import pytest

from broker import parties
from tests.web.keyring import SoftKey
from tests.web.serving import Served, meeting
from tests.web.strangers import Visitor, visiting
from tests.web.test_passkeys import register
from web.authenticators import site_of
from web.robot import Refused
from web.settings import Settings

ADDRESS = "new@example.org"


async def newcomer(served: Served, one: Visitor) -> None:
    """Somebody registered by a code just now."""
    await one.post("/login", email=ADDRESS)
    letters = (await one.get("/mailbox")).value["letters"]
    code = re.search(r"\b\d{6}\b", letters[0]["subject"])
    assert code is not None
    fields = {"email": ADDRESS, "code": code[0], "name": "Мария Ким", "country": "RU"}
    made = await one.post("/login/code", **fields)
    assert made.headers["Location"] == "/login/passkey/offer?next=/dashboard"


async def test_logins_are_listed_and_closed_one_by_one_and_together(served: Served) -> None:
    async with (
        visiting(served, "client") as one,
        visiting(served, "client") as two,
        visiting(served, "client") as three,
        visiting(served, "consultant") as other,
    ):
        served.clock.pass_s(1000)
        page = (await one.get("/settings/security")).value
        assert [row["here"] for row in page["logins"]] == [True, False, False]
        mine, *others = page["logins"]
        assert (mine["way"], mine["address"]) == ("demo", "127.0.x.x")
        assert mine["seen_at"] > mine["opened_at"] == others[0]["seen_at"]
        path = f"/settings/security/logins/{others[0]['id']}/closing"
        assert (await other.post(path)).status == 404
        assert (await one.post(path)).status == 201
        assert (await one.post(path)).status == 404
        ended = [(await who.get("/wallet")).status for who in (one, two, three)]
        assert sorted(ended) == [200, 200, 401]
        await one.post("/settings/security/logins/others/closing")
        ended = [(await who.get("/wallet")).status for who in (one, two, three)]
        assert ended == [200, 401, 401]
        assert (await other.get("/wallet")).status == 200


async def test_choices_follow_the_account_and_silence_letters(served: Served) -> None:
    async with visiting(served, "client") as one, visiting(served, "client") as two:
        wanted = {"language": "en", "theme": "dark", "document_ready": "on"}
        assert (await one.post("/settings", **wanted)).value == {"location": "/settings?saved"}
        page = (await two.get("/settings")).value
        letters = {"session_ended": False, "document_ready": True}
        assert (page["theme"], page["shortcuts"], page["letters"]) == ("dark", False, letters)
        async with two.session.get("/settings") as shown:
            assert 'data-theme="dark"' in await shown.text()
        assert (await one.post("/settings", language="en", theme="pink")).status == 422
        assert (await one.post("/settings", language="tlh", theme="dark")).status == 422
        assert (await one.post("/settings/theme", theme="light")).status == 201
        assert (await two.get("/settings")).value["theme"] == "light"


async def test_too_many_codes_are_refused_in_minutes(served: Served) -> None:
    async with visiting(served) as one:
        for _ in range(10):
            assert (await one.post("/login", email=ADDRESS)).status == 200
        served.clock.pass_s(60)
        refused = await one.post("/login", email=ADDRESS)
        assert (refused.status, refused.headers["Retry-After"]) == (429, "3541")
        assert "60 минут" in refused.value["errors"]["email"]


async def test_own_data_come_as_one_file_for_a_day(served: Served) -> None:
    async with served.robot() as host, served.robot() as client, visiting(served, "client") as one:
        number = await meeting(served, host, client, "client-pays")
        await register(one, SoftKey(served.base, "127.0.0.1"))
        assert (await one.post("/settings/security/data")).status == 201
        async with one.session.get("/settings/security", headers={"HX-Request": "true"}) as part:
            assert 'id="data"' in await part.text()  # a block alone, fetched until it is ready
        while (page := (await one.get("/settings/security")).value)["busy"]:
            pass
        [file] = page["archives"]
        assert file["state"] == "ready"
        async with one.session.get(file["path"]) as answer:
            assert 'filename="minuta-my-data.zip"' in answer.headers["Content-Disposition"]
            archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
        account, sessions, money = (
            json.loads(archive.read(f"{name}.json")) for name in ("account", "sessions", "money")
        )
        assert account["email"] == "anna@demo.minuta.example"
        assert [key["name"] for key in account["passkeys"]] == ["Ноутбук"]
        assert "public_key" not in archive.read("account.json").decode()
        assert [row["number"] for row in sessions] == [number]
        assert money[0]["movements"][-1]["amount"]["minor"] == 500_000
        assert (await one.get("/exports")).value["files"] == []
        async with visiting(served, "consultant") as other:
            assert (await other.get(file["path"])).status == 404
        served.clock.pass_s(86_401)
        assert (await one.get(file["path"])).status == 404


async def test_an_account_with_something_open_stays(served: Served) -> None:
    async with served.robot() as host, served.robot() as client:
        number = await meeting(served, host, client, "client-pays")
        async with visiting(served, "client") as one, visiting(served, "accountant") as staff:
            refused = await one.post("/settings/security/deletion", sure="yes")
            assert refused.status == 409
            told = {row["code"]: row["path"] for row in refused.value["obstacles"]}
            assert told == {"session": f"/sessions/{number}", "money": "/wallet/refund"}
            assert (await one.get("/wallet")).status == 200
            [why] = (await staff.get("/settings/security/deletion")).value["obstacles"]
            assert why["code"] == "staff"


async def test_a_deleted_account_is_forgotten_and_the_books_still_balance(
    served_both: Served,
) -> None:
    served = served_both
    async with visiting(served) as one, visiting(served) as two:
        await newcomer(served, one)
        key = SoftKey(served.base, "127.0.0.1")
        await register(one, key)
        async with served.database.reading() as db:
            party = await parties.by_email(db, ADDRESS)
        assert party is not None
        unsure = await one.post("/settings/security/deletion")
        assert (unsure.status, list(unsure.value["errors"])) == (422, ["sure"])
        served.clock.pass_s(301)
        asked = await one.post("/settings/security/deletion", sure="yes")
        assert (asked.status, asked.value["fields"]) == (403, {"sure": "yes"})
        letters = (await one.get("/mailbox")).value["letters"]
        code = re.search(r"\b\d{6}\b", letters[0]["subject"])
        assert code is not None
        done = await one.post("/settings/security/deletion", sure="yes", code=code[0])
        assert done.value == {"location": "/account-deleted"}
        assert (await one.get("/dashboard")).status == 401
        async with served.database.reading() as db:
            left = await parties.party(db, party.id)
            assert await parties.by_email(db, ADDRESS) is None
            assert await parties.passkeys_of(db, party.id) == []
            assert await parties.logins_of(db, party.id, served.clock()) == []
        assert (left.name, left.email, left.guest) == ("Удалённый аккаунт", None, False)
        assert left.erased_at == served.clock()
        assert not [row for row in (await two.get("/mailbox")).value["letters"] if row["to"]]
        await two.post("/login", email=ADDRESS)  # the address may come again, as somebody new
        letters = (await two.get("/mailbox")).value["letters"]
        assert letters[0]["to"] == ADDRESS


async def test_a_guest_and_a_stranger_have_no_account_pages(served: Served) -> None:
    async with served.robot() as host, served.robot() as guest, served.robot() as stranger:
        await meeting(served, host, guest)
        for path in ("/settings", "/settings/security", "/settings/security/deletion"):
            for who, status in ((guest, 403), (stranger, 401)):
                with pytest.raises(Refused, match=str(status)):
                    await who.get(path)


def test_the_site_of_passkeys_is_the_host_of_the_origin() -> None:
    site = site_of(Settings(origin="https://minuta.example:8443"))
    assert (site.rp_id, site.origin) == ("minuta.example", "https://minuta.example:8443")
