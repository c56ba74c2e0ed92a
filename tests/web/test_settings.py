"""The environment is read once, and what is unsafe in production is refused by name."""

import json
from datetime import date
from pathlib import Path

import pytest

from ledger.tax import VatMode
from reports import FREE_OF_VAT
from web.adapters import gateway_of, issuer_of
from web.settings import BadSettings, Secret, read_settings

PRODUCTION = {
    "MINUTA_ENVIRONMENT": "production",
    "MINUTA_ORIGIN": "https://minuta.example",
    "MINUTA_SECRET": "0123456789abcdef0123456789abcdef",
    "MINUTA_SEAL_FOLDER": "/seal",
    "MINUTA_ISSUER_FILE": "/issuer.json",
}


def test_nothing_given_is_development_on_port_8080() -> None:
    settings = read_settings({})
    assert settings.origin == "http://localhost:8080"
    assert settings.cookie == "minuta"
    assert not settings.production
    assert settings.stripe is None


def test_without_a_rate_there_is_no_vat_and_with_one_its_first_day_is_named() -> None:
    assert read_settings({}).vat.rates() == []
    assert issuer_of(read_settings({})).vats == (FREE_OF_VAT,)
    given = {"MINUTA_VAT_RATE": "basic", "MINUTA_VAT_SINCE": "2025-07-01"}
    settings = read_settings(given)
    assert settings.vat.mode is VatMode.AGENT
    issuer = issuer_of(settings)
    days = (date(2025, 6, 30), date(2025, 12, 31), date(2026, 1, 1))
    assert [issuer.vat_on(day).rate_bp for day in days] == [None, 2000, 2200]
    principal = issuer_of(read_settings(given | {"MINUTA_VAT_MODE": "principal"}))
    assert principal.vat_mode == "principal"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MINUTA_VAT_SINCE", ""),
        ("MINUTA_VAT_SINCE", "soon"),
        ("MINUTA_VAT_MODE", "friend"),
        ("MINUTA_VAT_RATE", "half"),
    ],
)
def test_vat_without_a_rate_of_that_day_is_refused(name: str, value: str) -> None:
    given = {"MINUTA_VAT_RATE": "simplified-5", "MINUTA_VAT_SINCE": "2026-01-01"}
    with pytest.raises(BadSettings) as wrong:
        read_settings(given | {name: value})
    assert wrong.value.name == name


def test_production_stands_on_its_own_secrets() -> None:
    settings = read_settings(PRODUCTION)
    assert settings.production
    assert settings.cookie == "__Host-minuta"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MINUTA_SECRET", ""),
        ("MINUTA_SECRET", "short"),
        ("MINUTA_ORIGIN", "http://minuta.example"),
        ("MINUTA_DEMO", "yes"),
        ("MINUTA_SEAL_FOLDER", ""),
        ("MINUTA_ISSUER_FILE", ""),
        ("MINUTA_PORT", "eighty"),
        ("MINUTA_LOCALE", "fr"),
        ("MINUTA_ORIGIN", "https://minuta.example/path"),
        ("MINUTA_MEDIA_PORTS", "5000-4000"),
        ("MINUTA_RELAY", "livekit"),
        ("MINUTA_RELAY_WORKERS", "65"),
        ("MINUTA_JANUS_EVENTS", "8190x"),
        ("MINUTA_JANUS_EVENTS", "8190"),
        ("MINUTA_JANUS_EVENTS", "10.0.0.5:81900"),
        ("MINUTA_SMTP_SECURITY", "perhaps"),
        ("MINUTA_DEMO", "maybe"),
    ],
)
def test_what_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings(PRODUCTION | {name: value})
    assert refused.value.name == name


def test_a_secret_comes_from_a_file_and_prints_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk_test_canary\n")
    settings = read_settings({"MINUTA_STRIPE_KEY_FILE": str(file)})
    assert settings.stripe is not None
    assert settings.stripe.key.reveal() == "sk_test_canary"
    assert "canary" not in repr(settings)


def test_production_takes_no_play_money() -> None:
    """No demo bank, no test key, no unsigned news, no Stripe but Stripe itself."""
    assert gateway_of(read_settings({})).name == "demo"
    assert gateway_of(read_settings(PRODUCTION)).name == "closed"
    live = {"MINUTA_STRIPE_KEY": "sk_live_1", "MINUTA_STRIPE_WEBHOOK_SECRET": "whsec_1"}
    assert gateway_of(read_settings(PRODUCTION | live)).name == "stripe"
    for wrong in (
        {"MINUTA_STRIPE_KEY": "sk_test_1"},
        {"MINUTA_STRIPE_KEY": "rk_test_1"},
        {"MINUTA_STRIPE_WEBHOOK_SECRET": ""},
        {"MINUTA_STRIPE_API_BASE": "http://127.0.0.1:1"},
        {"MINUTA_DEMO": "yes"},
    ):
        with pytest.raises(BadSettings) as refused:
            read_settings(PRODUCTION | live | wrong)
        assert refused.value.name == next(iter(wrong))


def test_a_missing_secret_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings({"MINUTA_SECRET_FILE": str(tmp_path / "none")})
    assert refused.value.name == "MINUTA_SECRET_FILE"


def test_every_variable_is_in_the_example() -> None:
    root = Path(__file__).resolve().parents[2]
    example = (root / ".env.example").read_text("utf-8")
    named = {line.partition("=")[0] for line in example.splitlines() if line.startswith("MINUTA_")}
    asked: set[str] = set()

    class Spy(dict[str, str]):
        def get(self, name, default=None):  # type: ignore[no-untyped-def]
            asked.add(str(name))
            return {"MINUTA_STRIPE_KEY": "sk"}.get(name, default)

    read_settings(Spy())
    files = {f"{name}_FILE" for name in named}
    assert asked - named - files == set()
    assert named - asked == set()


def test_derived_secrets_differ_by_purpose() -> None:
    secret = Secret("x")
    assert secret.derive("csrf") != secret.derive("demo bank")


@pytest.mark.parametrize("wrong", ["0", "257", "all"])
def test_a_process_takes_some_of_the_shards(wrong: str) -> None:
    assert read_settings({}).shards_max == 256
    assert read_settings({"MINUTA_SHARDS_MAX": "128"}).shards_max == 128
    with pytest.raises(BadSettings) as caught:
        read_settings({"MINUTA_SHARDS_MAX": wrong})
    assert caught.value.name == "MINUTA_SHARDS_MAX"


def test_the_issuers_numbers_are_checked(tmp_path: Path) -> None:
    """A mistyped digit is found when the server starts, not when an accountant sends paper back."""
    file = tmp_path / "issuer.json"
    settings = read_settings({"MINUTA_ISSUER_FILE": str(file)})
    for tax_id, words in (
        ("ИНН 7707083894, КПП 773601001", "7707083894 is no INN, a digit is mistyped"),
        ("ИНН 77", "77 is no INN"),
        ("ИНН 7707083893, КПП 77", "77 is no KPP"),
    ):
        file.write_text(json.dumps({"tax_id": tax_id}), "utf-8")
        with pytest.raises(BadSettings, match=words):
            issuer_of(settings)
    for sound in ("ИНН 7707083893, КПП 773601001", "ИНН 500100732259", "VAT DE136695976"):
        file.write_text(json.dumps({"tax_id": sound}), "utf-8")
        assert issuer_of(settings).tax_id == sound
    file.write_text(json.dumps({"vat_id": "DE136695976"}), "utf-8")
    assert issuer_of(settings).currency == "EUR"
    file.write_text(json.dumps({"vat_id": "DE136695978"}), "utf-8")
    with pytest.raises(BadSettings, match="DE136695978"):
        issuer_of(settings)
