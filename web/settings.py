"""Reads the environment once, into values; every name is explained in `.env.example`.

A secret may come from `MINUTA_NAME` or, better, from the file named by `MINUTA_NAME_FILE`.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from ledger.tax import VatMode, VatRegime
from metering import SHARDS

PREFIX = "MINUTA_"
DATABASE_URL = "sqlite:///var/minuta.db"
LOCALES = ("ru", "en")
FILE_MB_MAX = 2048
CLOSING_DAY_MAX = 28  # every month has it
WORKERS_MAX = 64
JANUS_EVENTS = "127.0.0.1:8190"
PUBLIC_SECRET = "a secret known to everybody, for development only"


class BadSettings(Exception):
    """A variable has a value we cannot work with.

    name: the variable; why: what is wrong with it.
    """

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


class Secret:
    """A string that does not print itself."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def derive(self, purpose: str) -> str:
        """Another secret, hexadecimal, that tells nothing about this one."""
        return hmac.new(self._value.encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(***)" if self._value else "Secret()"


@dataclass(frozen=True, slots=True)
class StripeSettings:
    key: Secret
    webhook_secret: Secret
    api_base: str | None = None
    connect_secret: Secret = field(default_factory=lambda: Secret(""))


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where letters go; without a host they stay in the mailbox of the development page."""

    host: str = ""
    port: int = 25
    login: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    security: Literal["none", "starttls", "tls"] = "starttls"
    sender: str = "Minuta <minuta@localhost>"


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """How the relay is reached; an empty list of addresses means every address of the machine."""

    addresses: tuple[str, ...] = ()
    port_min: int = 0
    port_max: int = 0
    turn_urls: tuple[str, ...] = ()
    turn_secret: Secret = field(default_factory=lambda: Secret(""))
    engine: Literal["embedded", "janus"] = "embedded"
    janus_urls: tuple[str, ...] = ()  # WebSocket addresses of nodes; none: our own are started
    janus_events: str = JANUS_EVENTS  # where those nodes report to
    workers: int = 0  # relay processes; with 0 or 1 the relay is in the server's own


@dataclass(frozen=True, slots=True)
class FileSettings:
    """Files that people give each other: how big, and for how many days they are kept."""

    max_mb: int = 50
    keep_days: int = 30

    @property
    def bytes_max(self) -> int:
        return self.max_mb * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a running server has to be told."""

    database_url: str = DATABASE_URL
    host: str = "localhost"
    port: int = 8080
    origin: str = "http://localhost:8080"  # what people type; decides cookies, links, Origin check
    production: bool = False
    demo: bool = False
    locale: str = "ru"
    secret: Secret = field(default_factory=lambda: Secret(PUBLIC_SECRET))
    folder: Path = Path("var")  # documents, seal of the development
    platform: str = "Минута"  # the name on pages and at the bank
    issuer_file: Path | None = None  # requisites printed on paper, JSON
    vat: VatRegime = field(default_factory=VatRegime)  # of the legal entity on whose paper it is
    bank_file: Path | None = None  # our account for transfers, JSON
    seal_folder: Path | None = None  # root.pem, seal.pem, seal.key
    stripe: StripeSettings | None = None
    mail: MailSettings = field(default_factory=MailSettings)
    media: MediaSettings = field(default_factory=MediaSettings)
    files: FileSettings = field(default_factory=FileSettings)
    proxies: int = 0  # how many in front add to X-Forwarded-For
    recording_keep_days: int = 90  # then a recording's file is erased
    cosign: bool = False  # both ends are asked to sign the receipt of each minute
    closing_day: int = 0  # of the month: the month before is closed from then on; 0 is never
    shards_max: int = SHARDS  # of payers, whose meters this node may own

    @property
    def https(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def cookie(self) -> str:
        """Name of the login cookie; `__Host-` binds it to this very host over HTTPS."""
        return "__Host-minuta" if self.https else "minuta"


class _Environment:
    """Typed readers over one mapping; each names the variable when it refuses."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(PREFIX + name, "").strip() or default

    def number(self, name: str, default: int) -> int:
        raw = self.text(name)
        try:
            return int(raw) if raw else default
        except ValueError:
            raise BadSettings(PREFIX + name, "must be a whole number") from None

    def flag(self, name: str, default: str = "no") -> bool:
        raw = self.text(name, default).lower()
        if raw not in ("", "0", "1", "true", "false", "yes", "no"):
            raise BadSettings(PREFIX + name, "must be yes or no")
        return raw in ("1", "true", "yes")

    def items(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def secret(self, name: str, default: str = "") -> Secret:
        file = self.text(f"{name}_FILE")
        if not file:
            return Secret(self.text(name, default))
        try:
            return Secret(Path(file).read_text(encoding="utf-8").strip())
        except OSError as error:
            raise BadSettings(f"{PREFIX}{name}_FILE", str(error.strerror)) from error

    def path(self, name: str) -> Path | None:
        raw = self.text(name)
        return Path(raw) if raw else None


def read_settings(values: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment (or the given mapping).

    Raises BadSettings.
    """
    env = _Environment(os.environ if values is None else values)
    port = env.number("PORT", 8080)
    settings = Settings(
        database_url=env.text("DATABASE_URL", DATABASE_URL),
        host=env.text("HOST", "localhost"),
        port=port,
        origin=env.text("ORIGIN", f"http://localhost:{port}").rstrip("/"),
        production=env.text("ENVIRONMENT", "development") == "production",
        demo=env.flag("DEMO"),
        locale=env.text("LOCALE", "ru"),
        secret=env.secret("SECRET", PUBLIC_SECRET),
        folder=Path(env.text("FOLDER", "var")),
        platform=env.text("PLATFORM", "Минута"),
        issuer_file=env.path("ISSUER_FILE"),
        vat=_vat(env),
        bank_file=env.path("BANK_FILE"),
        seal_folder=env.path("SEAL_FOLDER"),
        stripe=_stripe(env),
        mail=_mail(env),
        media=_media(env),
        files=_files(env),
        proxies=env.number("PROXIES", 0),
        recording_keep_days=env.number("RECORDING_KEEP_DAYS", 90),
        cosign=env.flag("COSIGN", default="yes"),
        closing_day=_closing_day(env),
        shards_max=env.number("SHARDS_MAX", SHARDS),
    )
    _refuse_what_is_unsafe(settings)
    return settings


def _vat(env: _Environment) -> VatRegime:
    """Without a rate nothing is taxed; with one its first day is to be named, for ever."""
    rate, since, mode = env.text("VAT_RATE"), env.text("VAT_SINCE"), env.text("VAT_MODE", "agent")
    if not rate or rate == "none":
        return VatRegime()
    try:
        known = VatMode(mode)
    except ValueError:
        raise BadSettings("MINUTA_VAT_MODE", "must be agent or principal") from None
    try:
        regime = VatRegime(known, rate, date.fromisoformat(since))
    except ValueError:
        raise BadSettings("MINUTA_VAT_SINCE", "must be a day like 2026-01-01") from None
    if not regime.rates() or regime.rates()[0][0] != regime.since:
        raise BadSettings("MINUTA_VAT_RATE", "is no rate of that day")
    return regime


def _stripe(env: _Environment) -> StripeSettings | None:
    key = env.secret("STRIPE_KEY")
    if not key:
        return None
    base = env.text("STRIPE_API_BASE") or None
    connect = env.secret("STRIPE_CONNECT_SECRET")
    return StripeSettings(key, env.secret("STRIPE_WEBHOOK_SECRET"), base, connect)


def _mail(env: _Environment) -> MailSettings:
    security = env.text("SMTP_SECURITY", "starttls")
    if security not in ("none", "starttls", "tls"):
        raise BadSettings("MINUTA_SMTP_SECURITY", "must be none, starttls or tls")
    return MailSettings(
        host=env.text("SMTP_HOST"),
        port=env.number("SMTP_PORT", 587),
        login=env.text("SMTP_LOGIN"),
        password=env.secret("SMTP_PASSWORD"),
        security=security,  # type: ignore[arg-type]
        sender=env.text("MAIL_FROM", "Minuta <minuta@localhost>"),
    )


def _files(env: _Environment) -> FileSettings:
    found = FileSettings(env.number("FILE_MAX_MB", 50), env.number("FILE_KEEP_DAYS", 30))
    if not 1 <= found.max_mb <= FILE_MB_MAX:
        raise BadSettings("MINUTA_FILE_MAX_MB", f"must be 1 to {FILE_MB_MAX}")
    if found.keep_days < 1:
        raise BadSettings("MINUTA_FILE_KEEP_DAYS", "must be 1 or more")
    return found


def _closing_day(env: _Environment) -> int:
    found = env.number("CLOSING_DAY", 0)
    if not 0 <= found <= CLOSING_DAY_MAX:
        raise BadSettings("MINUTA_CLOSING_DAY", f"must be 0 to {CLOSING_DAY_MAX}")
    return found


def _media(env: _Environment) -> MediaSettings:
    raw = env.text("MEDIA_PORTS", "0-0")
    low, dash, high = raw.partition("-")
    if not (dash and low.isdigit() and high.isdigit() and int(low) <= int(high) <= 65535):
        raise BadSettings("MINUTA_MEDIA_PORTS", "must be like 40000-40999")
    engine, workers = env.text("RELAY", "embedded"), env.number("RELAY_WORKERS", 0)
    if engine not in ("embedded", "janus"):
        raise BadSettings("MINUTA_RELAY", "must be embedded or janus")
    events = env.text("JANUS_EVENTS", JANUS_EVENTS)
    host, _, port = events.rpartition(":")
    if not (host and port.isdigit() and int(port) <= 65535):
        raise BadSettings("MINUTA_JANUS_EVENTS", "must be like 10.0.0.5:8190")
    ports = int(high) - int(low) + 1 if int(low) else WORKERS_MAX
    if not 0 <= workers <= min(WORKERS_MAX, ports):
        raise BadSettings("MINUTA_RELAY_WORKERS", f"must be 0 to {min(WORKERS_MAX, ports)}")
    return MediaSettings(
        addresses=env.items("MEDIA_ADDRESSES"),
        port_min=int(low),
        port_max=int(high),
        turn_urls=env.items("TURN_URLS"),
        turn_secret=env.secret("TURN_SECRET"),
        engine=engine,  # type: ignore[arg-type]
        janus_urls=env.items("JANUS_URLS"),
        janus_events=events,
        workers=workers,
    )


def _refuse_what_is_unsafe(settings: Settings) -> None:
    if not 1 <= settings.shards_max <= SHARDS:
        raise BadSettings("MINUTA_SHARDS_MAX", f"must be 1 to {SHARDS}")
    if settings.recording_keep_days < 1:
        raise BadSettings("MINUTA_RECORDING_KEEP_DAYS", "must be 1 or more")
    if settings.locale not in LOCALES:
        raise BadSettings("MINUTA_LOCALE", "must be ru or en")
    if not settings.origin.startswith(("http://", "https://")) or settings.origin.count("/") != 2:
        raise BadSettings("MINUTA_ORIGIN", "must be like https://minuta.example")
    if not settings.production:
        return
    if settings.demo:
        raise BadSettings("MINUTA_DEMO", "demo accounts are not for production")
    if settings.secret.reveal() == PUBLIC_SECRET or len(settings.secret.reveal()) < 32:
        raise BadSettings("MINUTA_SECRET", "production needs a secret of 32 characters or more")
    if not settings.https:
        raise BadSettings("MINUTA_ORIGIN", "production is served over https")
    if settings.seal_folder is None:
        raise BadSettings("MINUTA_SEAL_FOLDER", "production documents need a seal of their own")
    if settings.issuer_file is None:
        raise BadSettings("MINUTA_ISSUER_FILE", "production documents need the issuer's requisites")
    if settings.stripe is not None:
        _refuse_play_money(settings.stripe)


def _refuse_play_money(stripe: StripeSettings) -> None:
    """Production takes real money, and news of it that nobody can forge."""
    if "_test_" in stripe.key.reveal()[:8]:
        raise BadSettings("MINUTA_STRIPE_KEY", "production needs a live key, this one is for tests")
    if not stripe.webhook_secret:
        raise BadSettings(
            "MINUTA_STRIPE_WEBHOOK_SECRET", "production needs signed news of payments"
        )
    if stripe.api_base:
        raise BadSettings("MINUTA_STRIPE_API_BASE", "production speaks with Stripe itself")


def environment_without_ours() -> dict[str, str]:
    """What a child process inherits when it gets settings of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}


def new_token() -> str:
    """160 random bits for invites, logins and tickets."""
    return secrets.token_urlsafe(20)
