"""OpenAPI 3.1 from the routes and the page values: what a page shows is what a script gets.

Shapes are read off the dataclasses of web/shapes.py; nothing is described twice.
"""

import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from aiohttp import web

from web import (
    shapes,
    shapes_account,
    shapes_bank,
    shapes_books,
    shapes_closing,
    shapes_company,
    shapes_control,
    shapes_disputes,
    shapes_exchange,
    shapes_lists,
    shapes_log,
    shapes_money,
    shapes_periods,
    shapes_refunds,
    shapes_rulings,
    shapes_tariffs,
    shapes_verify,
)

VERSION = "1"
FORM = ("string", "integer")
RULING = ("platform", "host", "cap", "kind", "amount")

# Path -> the value behind the page. Pages that only redirect or give files are not in it.
VALUES: dict[str, type] = {
    "/": shapes.Landing,
    "/dashboard": shapes.Dashboard,
    "/wallet": shapes.Wallet,
    "/wallet/top-up": shapes.TopUpForm,
    "/wallet/top-up/{id}": shapes.TopUpView,
    "/wallet/refund": shapes_refunds.Refunds,
    "/sessions": shapes_lists.Sessions,
    "/sessions/{number}": shapes.SessionPage,
    "/sessions/{number}/room": shapes.Room,
    "/sessions/{number}/result": shapes.ResultPage,
    "/sessions/{number}/dispute": shapes.ResultPage,
    "/invites/{id}": shapes.InvitePage,
    "/i/{token}": shapes.PreJoin,
    "/c/{token}": shapes_company.CallDoor,
    "/documents/months": shapes_closing.ClosingPage,
    "/documents": shapes_lists.Documents,
    "/documents/{number}": shapes_lists.DocumentPage,
    "/reports": shapes_lists.Reports,
    "/documents/period": shapes_periods.PeriodPage,
    "/documents/{number}/upd": shapes_exchange.UpdPage,
    "/documents/{number}/einvoice": shapes_exchange.EInvoicePage,
    "/exports": shapes_exchange.Exports,
    "/verify": shapes_verify.Verify,
    "/log": shapes_log.LogPage,
    "/log/checkpoints": shapes_log.Checkpoints,
    "/log/proof": shapes_log.InclusionProof,
    "/log/consistency": shapes_log.ConsistencyProof,
    "/mailbox": shapes.Mailbox,
    "/demo-bank/{ref}": shapes.DemoBank,
    "/profile": shapes_control.Profile,
    "/login/passkey": shapes_account.PasskeyOptions,
    "/login/passkey/offer": shapes_account.PasskeyOffer,
    "/settings": shapes_account.SettingsPage,
    "/settings/security": shapes_account.SecurityPage,
    "/settings/security/deletion": shapes_account.DeletionPage,
    "/rules": shapes_tariffs.RulesPage,
    "/rate": shapes_tariffs.RatePage,
    "/plans": shapes_tariffs.PlansPage,
    "/plans/{plan}": shapes_tariffs.PlanPage,
    "/plans/{plan}/preview": shapes_tariffs.PlanPage,
    "/sessions/{number}/terms": shapes_tariffs.AgreedPage,
    "/i/{token}/terms": shapes_tariffs.AgreedPage,
    "/earnings": shapes_money.Earnings,
    "/wallet/auto-top-up": shapes_money.AutoTopUp,
    "/demo-bank/cards/{id}": shapes_money.DemoCards,
    "/wallet/invoice": shapes_bank.InvoicesPage,
    "/wallet/invoice/{number}": shapes_bank.InvoicePage,
    "/bank": shapes_bank.BankPage,
    "/bank/accounts/{number}": shapes_bank.LinesPage,
    "/bank/import": shapes_bank.ImportPage,
    "/bank/questions": shapes_bank.QuestionsPage,
    "/books": shapes_books.TrialPage,
    "/books/accounts/{kind}": shapes_books.AccountsPage,
    "/books/accounts/{kind}/{owner}": shapes_books.StatementPage,
    "/books/journals": shapes_books.JournalsPage,
    "/books/journals/{id}": shapes_books.JournalPage,
    "/books/about/{ref}": shapes_books.AboutPage,
    "/books/export": shapes_books.ExportPage,
    "/books/closing": shapes_books.ClosingPage,
    "/disputes": shapes_disputes.Disputes,
    "/disputes/{gateway}/{id}": shapes_disputes.DisputePage,
    "/rulings": shapes_rulings.Cases,
    "/rulings/{number}": shapes_rulings.CasePage,
    "/control": shapes_control.ControlPage,
    "/control/journal": shapes_control.AuditPage,
    "/control/journal/check": shapes_control.AuditPage,
}
# Path -> fields of the form that a POST takes; all strings, sums in whole units with a point.
FORMS: dict[str, tuple[str, ...]] = {
    "/demo-login": ("role", "next"),
    "/login": ("email", "next"),
    "/login/code": ("email", "code", "name", "country", "next"),
    "/profile/residence": ("country", "why"),
    "/rate": ("rate", "version"),
    "/plans/{plan}": ("draft", "version", "why"),
    "/plans/{plan}/preview": ("draft", "version", "why", "do"),
    "/control/switches/{name}": ("open", "why"),
    "/control/limits/{what}": ("amount", "currency", "why"),
    "/control/approvals/{id}": ("decision", "why"),
    "/sessions": ("topic", "plan", "rate"),
    "/i/{token}": ("name",),
    "/sessions/{number}/result": ("result", "comment", "quality", "punctuality", "courtesy"),
    "/sessions/{number}/outcome": ("outcome", "comment", "quality", "punctuality", "courtesy"),
    "/sessions/{number}/dispute": ("comment",),
    "/sessions/{number}/files": ("id", "name", "size", "sha256", "type"),
    "/sessions/{number}/files/{id}/answer": ("decision",),
    "/sessions/{number}/review": ("quality", "punctuality", "courtesy", "comment"),
    "/documents": ("do", "n", "period", "since", "until", "kind", "party", "state"),
    "/documents/period": (
        *("kind", "since", "until", "language", "buyer", "other"),
        *("name", "inn", "kpp", "ogrn", "vat_id", "address"),
    ),
    "/documents/months": ("month", "currency", "language"),
    "/exports": ("register", "form", "since", "until", "kind", "who"),
    "/documents/{number}/upd": ("name", "inn", "kpp", "address", "receiver", "sender"),
    "/documents/{number}/einvoice": ("name", "country", "vat_id", "address", "syntax", "credit"),
    "/wallet/top-up": ("amount", "key", "back"),
    "/wallet/refund": ("amount", "why", "key"),
    "/wallet/invoice": ("amount", "name", "inn", "kpp", "key"),
    "/bank/questions/{id}/proposal": ("kind", "whose", "why"),
    "/bank/questions/{id}/decision": ("decision", "why"),
    "/disputes/{gateway}/{id}/remark": ("remark",),
    "/disputes/{gateway}/{id}/sending": ("why",),
    "/disputes/{gateway}/{id}/thaw": ("of", "why"),
    "/rulings/budget": ("kind", "amount", "currency", "why", "key"),
    "/rulings/{number}": (*RULING, "why", "ruling", "seen"),
    "/rulings/{number}/preview": (*RULING, "preset"),
    "/rulings/{number}/decision": ("decision", "seen", "why"),
    "/books/closing": ("first", "sure"),
    "/demo-bank/{ref}": ("decision",),
    "/demo-bank/cards/{id}": ("card",),
    "/wallet/auto-top-up": ("threshold", "amount", "day_count", "day_amount", "key"),
    "/wallet/cards": ("key",),
    "/earnings/payouts": ("amount", "currency", "key"),
    "/earnings/bank": ("name", "account", "bik", "inn", "code"),
    "/earnings/account": ("code",),
    "/earnings/weekly": ("weekly",),
    "/settings/language": ("language", "next"),
    "/settings/theme": ("theme", "next"),
}
FILES = {
    "/bank/orders/{number}.txt": "text/plain",
    "/books/export/file": "application/octet-stream",
    "/documents/{number}.pdf": "application/pdf",
    "/sessions/register": "application/octet-stream",
    "/log/checkpoint": "text/plain",
    "/log/key": "text/plain",
    "/seal.pem": "application/x-pem-file",
    "/sessions/{number}/files/{id}": "application/octet-stream",
}
HIDDEN = ("/hooks/", "/static/", "/sessions/{number}/socket", "/metrics", "/api/")


def document(routes: Iterable[web.RouteDef]) -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {"Error": _error()}
    for route in routes:
        path = re.sub(r"\{(\w+):[^}]*\}", r"{\1}", route.path)
        if path.startswith(HIDDEN) or path.endswith("/socket"):
            continue
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, path, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Minuta",
            "version": VERSION,
            "description": "Ask any page with `Accept: application/json` and get what it shows.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"login": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"login": []}],
    }


def _operation(route: web.RouteDef, path: str, schemas: dict[str, Any]) -> dict[str, Any]:
    handler = route.handler
    told = (handler.__doc__ or "").strip().split("\n\n")[0]
    found: dict[str, Any] = {
        "operationId": f"{handler.__module__.rpartition('.')[2]}_{handler.__name__}",
        "responses": _responses(route.method, path, schemas),
    }
    if told:
        found["summary"] = " ".join(told.split())
    names = re.findall(r"\{(\w+)\}", path)
    if names:
        found["parameters"] = [
            {"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names
        ]
    if route.method == "POST" and path in FORMS:
        shape = {"type": "object", "properties": {n: {"type": "string"} for n in FORMS[path]}}
        kinds = ("application/json", "application/x-www-form-urlencoded")
        found["requestBody"] = {"content": {kind: {"schema": shape} for kind in kinds}}
    if path == "/verify" and route.method == "POST":
        shape = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        found["requestBody"] = {"content": {"multipart/form-data": {"schema": shape}}}
    return found


def _responses(method: str, path: str, schemas: dict[str, Any]) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    wrong = {"default": {"description": "An error with a stable code", "content": error}}
    if path in FILES and method == "GET":
        return {"200": {"description": "The file", "content": {FILES[path]: {}}}} | wrong
    if method == "POST" and path != "/verify":
        return {"201": {"description": "Done; `Location` says where it is shown"}} | wrong
    value = VALUES.get(path)
    if value is None:
        return {"200": {"description": "The page"}} | wrong
    content = {"application/json": {"schema": schema_of(value, schemas)}}
    return {"200": {"description": "What the page shows", "content": content}} | wrong


def schema_of(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of a type; dataclasses are named once and referred to."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _named(kind, schemas)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(one, schemas) for one in args]}
    if origin is tuple:
        return {"type": "array", "items": schema_of(args[0], schemas)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": schema_of(args[1], schemas)}
    return _simple(kind)


def _simple(kind: Any) -> dict[str, Any]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [one.name.lower() for one in kind]}
    if kind is datetime:
        return {"type": "string", "format": "date-time"}
    if kind is date:
        return {"type": "string", "format": "date"}
    names = {str: "string", int: "integer", bool: "boolean", type(None): "null"}
    return {"type": names[kind]}


def _named(kind: type, schemas: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in schemas:
        schemas[name] = {}  # stands here while its own fields are read
        hints = get_type_hints(kind)
        schemas[name] = {
            "type": "object",
            "description": " ".join((kind.__doc__ or "").split()),
            "properties": {f.name: schema_of(hints[f.name], schemas) for f in fields(kind)},
            "required": [
                f.name
                for f in fields(kind)
                if f.default is MISSING and f.default_factory is MISSING
            ],
        }
    return {"$ref": f"#/components/schemas/{name}"}


def _error() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "status": {"type": "integer"},
            "code": {"type": "string"},
            "number": {"type": "string"},
            "field": {"type": "string"},
            "retry_after_s": {"type": "integer"},
        },
        "required": ["status", "code"],
    }
