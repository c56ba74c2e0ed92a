"""Passkeys over HTTP with an authenticator in software: the honest way, and every other."""

import json
import random
import re
from asyncio import gather
from dataclasses import replace

import pytest

from broker import parties
from tests.web.keyring import PRESENT, SoftKey, to_bytes, to_text
from tests.web.serving import Served
from tests.web.strangers import Visitor, visiting
from web.demo_accounts import ACCOUNTS


@pytest.fixture
def key(served: Served) -> SoftKey:
    return SoftKey(served.base, "127.0.0.1")


async def register(one: Visitor, key: SoftKey, name: str = "Ноутбук") -> int:
    """Add the key to whoever is signed in; the status of the answer."""
    page = await one.post("/settings/security/passkeys/new")
    assert page.status == 200, page.text
    credential = key.create(page.value["options"])
    made = await one.post("/settings/security/passkeys", credential=credential, name=name)
    return made.status


async def sign_in(one: Visitor, key: SoftKey, **wrong: str) -> tuple[int, str]:
    """Status and code of signing in."""
    answer = await one.post("/login/passkey", credential=key.get(await ask(one), **wrong))
    return answer.status, str(answer.value.get("code", ""))


async def ask(one: Visitor) -> str:
    """What a fresh challenge wants signed."""
    return str((await one.get("/login/passkey")).value["options"])


async def test_a_key_opens_the_account_and_tells_when_it_was_used(
    served: Served, key: SoftKey
) -> None:
    async with visiting(served, "consultant") as owner, visiting(served) as stranger:
        assert await register(owner, key) == 201
        served.clock.pass_s(3600)
        answer = await stranger.post("/login/passkey", credential=key.get(await ask(stranger)))
        assert (answer.status, answer.value) == (201, {"location": "/dashboard"})
        assert "Set-Cookie" in answer.headers
        page = (await stranger.get("/settings/security")).value
        assert [(one["name"], one["copied"]) for one in page["passkeys"]] == [("Ноутбук", False)]
        assert page["passkeys"][0]["used_at"] == "2026-11-21T15:05:00Z"
        assert [one["way"] for one in page["logins"]] == ["passkey", "demo"]


async def test_everybody_signs_in_the_same_way_and_lands_where_the_role_starts(
    served: Served,
) -> None:
    for role in sorted({one.role for one in ACCOUNTS}):
        key = SoftKey(served.base, "127.0.0.1")
        async with visiting(served, role) as owner, visiting(served) as stranger:
            assert await register(owner, key) == 201
            answer = await stranger.post("/login/passkey", credential=key.get(await ask(stranger)))
            home = "/documents" if role in ("accountant", "curator") else "/dashboard"
            assert answer.value == {"location": home}


async def test_a_challenge_works_once(served: Served, key: SoftKey) -> None:
    async with visiting(served, "client") as owner, visiting(served) as thief:
        await register(owner, key)
        seen = key.get(await ask(thief))
        assert (await thief.post("/login/passkey", credential=seen)).status == 201
        await thief.forget()
        again = await thief.post("/login/passkey", credential=seen)
        assert (again.status, again.value["code"]) == (422, "foreign")
        options = await ask(thief)
        unknown = SoftKey(served.base, "127.0.0.1")
        assert await sign_in_with(thief, unknown, options) == "unknown"
        assert await sign_in_with(thief, key, options) == "used"


async def sign_in_with(one: Visitor, key: SoftKey, options: str) -> str:
    answer = await one.post("/login/passkey", credential=key.get(options))
    return str(answer.value.get("code", ""))


async def test_a_challenge_expires_and_belongs_to_one_browser(served: Served, key: SoftKey) -> None:
    async with (
        visiting(served, "client") as owner,
        visiting(served) as one,
        visiting(served) as two,
    ):
        await register(owner, key)
        options = await ask(one)
        assert await sign_in_with(two, key, options) == "foreign"
        served.clock.pass_s(601)
        assert await sign_in_with(one, key, options) == "expired"
        forged = json.loads(options)
        body = bytearray(to_bytes(forged["challenge"]))
        body[7] ^= 1  # a later end of its time
        forged["challenge"] = to_text(bytes(body))
        assert await sign_in_with(one, key, json.dumps(forged)) == "foreign"


async def test_a_challenge_to_sign_in_adds_no_key(served: Served, key: SoftKey) -> None:
    async with visiting(served, "client") as owner:
        options = json.loads(await ask(owner)) | {"user": {"id": "eA"}}
        credential = key.create(json.dumps(options))
        made = await owner.post("/settings/security/passkeys", credential=credential, name="K")
        assert (made.status, made.value["code"]) == (422, "foreign")


WRONG = (
    ("origin", "https://evil.example"),
    ("origin", "http://127.0.0.1:1"),
    ("rp_id", "evil.example"),
    ("flags", PRESENT),
)


async def test_another_origin_another_site_and_an_unproven_owner_are_refused(
    served: Served, key: SoftKey
) -> None:
    async with visiting(served, "client") as owner, visiting(served) as stranger:
        await register(owner, key)
        for field, value in WRONG:
            assert await sign_in(stranger, replace(key, **{field: value})) == (422, "wrong"), field
            page = await owner.post("/settings/security/passkeys/new")
            other = replace(SoftKey(served.base, "127.0.0.1"), **{field: value})
            credential = other.create(page.value["options"])
            made = await owner.post("/settings/security/passkeys", credential=credential, name="K")
            assert (made.status, made.value["code"]) == (422, "wrong"), field
        assert (await sign_in(stranger, key))[0] == 201


async def test_a_key_opens_nobody_elses_account(served: Served, key: SoftKey) -> None:
    async with (
        visiting(served, "client") as owner,
        visiting(served, "consultant") as other,
        visiting(served) as thief,
    ):
        theirs = SoftKey(served.base, "127.0.0.1")
        await register(owner, key)
        await register(other, theirs)
        assert await sign_in(thief, key, userHandle=theirs.handle) == (422, "wrong")
        impostor = key.copied()
        impostor.id = theirs.id  # names their key, signs with its own
        assert await sign_in(thief, impostor) == (422, "wrong")
        assert await sign_in(thief, key, signature=to_text(b"0" * 70)) == (422, "wrong")
        taken = key.copied()
        page = await other.post("/settings/security/passkeys/new")
        credential = taken.create(page.value["options"])
        made = await other.post("/settings/security/passkeys", credential=credential, name="K")
        assert (made.status, made.value["code"]) == (422, "taken")


async def test_a_copy_is_found_by_its_counter_and_stops_the_key(
    served: Served, key: SoftKey
) -> None:
    async with visiting(served, "client") as owner, visiting(served) as thief:
        await register(owner, key)
        copy = key.copied()
        for _ in range(3):
            assert (await sign_in(thief, key))[0] == 201
            await thief.forget()
        assert await sign_in(thief, copy) == (422, "copied")
        assert await sign_in(thief, key) == (422, "copied")
        page = (await owner.get("/settings/security")).value
        assert [one["copied"] for one in page["passkeys"]] == [True]
        still = SoftKey(served.base, "127.0.0.1", step=0)  # one that does not count is no copy
        await register(owner, still)
        for _ in range(3):
            assert (await sign_in(thief, still))[0] == 201
            await thief.forget()


async def test_garbage_is_refused_and_breaks_nothing(served: Served, key: SoftKey) -> None:
    chance = random.Random(7)
    async with visiting(served, "client") as owner, visiting(served) as one:
        await register(owner, key)
        for _ in range(18):  # the limit of tries is twenty a minute
            text = list(key.get(await ask(one)))
            for _ in range(chance.randint(1, 6)):
                text[chance.randrange(len(text))] = chance.choice('{}":,\\ \u0000aZ9\ud7ff[]')
            answer = await one.post("/login/passkey", credential="".join(text))
            assert answer.status in (422, 201), answer.text
            assert answer.status == 422 or json.loads("".join(text)), "a name or a space"
        assert (await one.post("/login/passkey")).status == 422


async def test_keys_are_named_listed_and_removed_by_their_owner_only(
    served: Served, key: SoftKey
) -> None:
    async with visiting(served, "client") as owner, visiting(served, "consultant") as other:
        await register(owner, key)
        [one] = (await owner.get("/settings/security")).value["passkeys"]
        path = f"/settings/security/passkeys/{one['id']}"
        for deed in ("name", "removal"):
            assert (await other.post(f"{path}/{deed}", name="Мой")).status == 404
        assert (await owner.post(f"{path}/name", name=" Телефон  Анны ")).status == 201
        [one] = (await owner.get("/settings/security")).value["passkeys"]
        assert one["name"] == "Телефон Анны"
        assert (await owner.post(f"{path}/name", name=" ")).status == 422
        assert (await owner.post(f"{path}/removal")).status == 201
        assert (await owner.get("/settings/security")).value["passkeys"] == []
        assert await sign_in(other, key) == (422, "unknown")


async def test_a_stolen_cookie_adds_and_removes_no_key(served: Served, key: SoftKey) -> None:
    async with visiting(served, "client") as owner:
        await register(owner, key)
        [one] = (await owner.get("/settings/security")).value["passkeys"]
        served.clock.pass_s(301)
        removal = f"/settings/security/passkeys/{one['id']}/removal"
        for path in ("/settings/security/passkeys/new", removal, "/settings/security/data"):
            page = await owner.post(path)
            assert (page.status, page.value["action"]) == (403, path)
        letters = (await owner.get("/mailbox")).value["letters"]
        code = re.search(r"\b\d{6}\b", letters[0]["subject"])
        assert code is not None
        assert (await owner.post(removal, code=code[0])).status == 201


async def test_of_a_key_and_its_copy_at_once_one_gets_in(served_both: Served) -> None:
    key = SoftKey(served_both.base, "127.0.0.1", counter=4)
    async with (
        visiting(served_both, "client") as owner,
        visiting(served_both) as one,
        visiting(served_both) as two,
    ):
        await register(owner, key)
        both = await gather(sign_in(one, key), sign_in(two, key.copied()))
        assert sorted(both) == [(201, ""), (422, "copied")]
        party = await party_of(served_both, "client")
        async with served_both.database.reading() as db:
            [kept] = await parties.passkeys_of(db, party.id)
        assert (kept.key.counter, kept.key.transports) == (5, ("internal",))
        assert (kept.used_at, kept.copied_at) == (served_both.clock(), served_both.clock())
        for n in range(19):
            assert await register(owner, SoftKey(served_both.base, "127.0.0.1"), f"K {n}") == 201
        assert await register(owner, SoftKey(served_both.base, "127.0.0.1"), "more") == 422


async def party_of(served: Served, role: str) -> parties.Party:
    email = next(one.email for one in ACCOUNTS if one.role == role)
    async with served.database.reading() as db:
        found = await parties.by_email(db, email)
    assert found is not None
    return found
