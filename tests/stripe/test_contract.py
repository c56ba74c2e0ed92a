"""The judge finds what is wrong: a fake that nobody could fail would prove nothing."""

import copy

import pytest

from tests.stripe import direct
from tests.stripe.contract import Contract, contract
from tests.stripe.fake import World, acts
from tests.stripe.fake.world import Call
from tests.stripe.oracles import why_missing


@pytest.fixture(scope="module")
def judge() -> Contract:
    found = contract()
    if found is None:
        pytest.skip(why_missing("openapi"))
    return found


PAGE = {
    "mode": "payment",
    "success_url": "https://example.test/",
    "line_items": [
        {
            "quantity": "1",
            "price_data": {
                "currency": "eur",
                "unit_amount": "500",
                "product_data": {"name": "x"},
            },
        }
    ],
}


def test_a_good_request_passes(judge: Contract) -> None:
    assert judge.of_request("POST", "/v1/checkout/sessions", PAGE) == []
    assert judge.of_request("GET", "/v1/events", {"created": {"gte": "5"}, "limit": "9"}) == []


@pytest.mark.parametrize(
    ("method", "path", "form", "word"),
    [
        ("POST", "/v1/checkout/sessions", {**PAGE, "sucess_url": "x"}, "sucess_url"),
        ("POST", "/v1/checkout/sessions", {**PAGE, "mode": "pay"}, "'pay' is not one of"),
        ("POST", "/v1/transfers", {"amount": "5", "currency": "eur"}, "'destination' is a req"),
        ("POST", "/v1/refunds", {"amount": "5.5"}, "not of type 'integer'"),
        ("POST", "/v1/nothing", {}, "no such operation"),
        ("GET", "/v1/events", {"kind": "x"}, "'kind' was unexpected"),
    ],
)
def test_a_bad_request_is_found(
    judge: Contract, method: str, path: str, form: dict[str, str], word: str
) -> None:
    assert word in " ".join(judge.of_request(method, path, form))


def paid(world: World) -> dict[str, object]:
    page = world.call(Call("POST", "/v1/checkout/sessions", PAGE)).body
    acts.pay(world, page["id"])
    return world.events[-2]


def test_a_bad_answer_is_found(judge: Contract) -> None:
    world = World()
    intent = paid(world)["data"]["object"]  # type: ignore[index]
    path = f"/v1/payment_intents/{intent['id']}"
    assert judge.of_answer("GET", path, 200, intent) == []
    for name, value, word in (
        ("status", "paid", "is not one of"),
        ("amount", "500", "not of type 'integer'"),
        ("invented", 1, "unexpected"),
        ("created", None, "not of type 'integer'"),
    ):
        bad = {**intent, name: value}
        assert word in " ".join(judge.of_answer("GET", path, 200, bad))


def test_a_bad_event_is_found(judge: Contract) -> None:
    event = paid(World())
    assert event["type"] == "payment_intent.succeeded"
    assert judge.of_event(event) == []
    bad = copy.deepcopy(event)
    bad["data"]["object"]["livemode"] = "no"  # type: ignore[index]
    del bad["pending_webhooks"]
    assert len(judge.of_event(bad)) == 2


def test_the_description_is_the_one_that_was_pinned(judge: Contract) -> None:
    assert judge.version == "2026-08-26.dahlia"


def test_calls_without_a_port_are_judged_as_well(judge: Contract) -> None:
    world = World()
    for form in ({"email": "bob@example.test"}, {"emial": "bob@example.test"}):
        call = Call("POST", "/v1/customers", form)
        answer = world.call(call)
        if "email" in form:
            direct.judge(call, answer)
        else:
            with pytest.raises(direct.NotAsDescribed, match="'emial' was unexpected"):
                direct.judge(call, answer)
