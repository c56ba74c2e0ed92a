"""Every URL on one screen."""

from aiohttp import web

from web import handlers as do
from web.socket import open_socket

get, post = web.get, web.post

# fmt: off
ROUTES = (
    get("/", do.landing.show),
    get("/help", do.landing.show_help),
    post("/demo-login", do.demo_login.enter),
    get("/login", do.login_pages.show),
    post("/login", do.login_pages.send_code),
    post("/login/code", do.login_pages.enter_code),
    post("/logout", do.login_pages.leave),
    get("/mailbox", do.mailbox.show),
    post("/settings/language", do.settings_pages.choose_language),
    post("/settings/theme", do.settings_pages.choose_theme),

    get("/dashboard", do.dashboard.show),
    get("/rules", do.rules.show),
    get("/rate", do.rate.show),
    post("/rate", do.rate.publish),
    get("/profile", do.profile.show),
    post("/profile/residence", do.profile.move),
    get("/wallet", do.wallet.show),
    get("/wallet/top-up", do.wallet.show_form),
    post("/wallet/top-up", do.wallet.begin),
    get("/wallet/top-up/{id}", do.wallet.show_top_up),
    get("/wallet/refund", do.refunds.show),
    post("/wallet/refund", do.refunds.ask),
    get("/wallet/invoice", do.invoices.show),
    post("/wallet/invoice", do.invoices.issue),
    get("/wallet/invoice/{number}", do.invoices.show_one),
    post("/wallet/invoice/{number}/cancellation", do.invoices.cancel),
    get("/wallet/auto-top-up", do.auto_top_up.show),
    post("/wallet/auto-top-up", do.auto_top_up.agree),
    post("/wallet/auto-top-up/off", do.auto_top_up.turn_off),
    post("/wallet/auto-top-up/{id}/confirmation", do.auto_top_up.confirm),
    get("/wallet/auto-top-up/{id}/confirmed", do.auto_top_up.confirmed),
    post("/wallet/cards", do.auto_top_up.give_card),
    get("/wallet/cards/{id}", do.auto_top_up.return_with_card),
    post("/wallet/card/removal", do.auto_top_up.remove_card),
    get("/earnings", do.earnings.show),
    post("/earnings/payouts", do.earnings.ask),
    post("/earnings/payouts/{id}/cancellation", do.earnings.call_off),
    post("/earnings/bank", do.earnings.set_bank),
    post("/earnings/weekly", do.earnings.set_weekly),
    post("/earnings/account", do.earnings.open_account),
    get("/earnings/account", do.earnings.return_from_account),
    get("/demo-bank/cards/{id}", do.demo_cards.show),
    post("/demo-bank/cards/{id}", do.demo_cards.choose),
    get("/demo-bank/{ref}", do.demo_bank.show),
    post("/demo-bank/{ref}", do.demo_bank.decide),
    post("/hooks/stripe", do.stripe_hook.receive),
    post("/hooks/stripe/connect", do.stripe_hook.receive_connect),
    post("/hooks/demo-bank", do.stripe_hook.receive),

    get("/sessions", do.sessions.list_all),
    post("/sessions", do.sessions.create),
    get("/sessions/{number}", do.sessions.show),
    get("/sessions/{number}/terms", do.rules.show_agreed),
    get("/sessions/{number}/room", do.room.show),
    get("/sessions/{number}/socket", open_socket),
    post("/sessions/{number}/tickets", do.tickets.issue),
    get("/sessions/{number}/result", do.result.show),
    post("/sessions/{number}/result", do.result.report),
    post("/sessions/{number}/outcome", do.result.decide),
    post("/sessions/{number}/review", do.result.review),
    get("/invites/{id}", do.invites.show),
    post("/invites/{id}/renewal", do.invites.renew),
    post("/invites/{id}/revocation", do.invites.revoke),
    get("/i/{token}", do.prejoin.show),
    post("/i/{token}", do.prejoin.join),
    get("/i/{token}/terms", do.rules.show_invited),

    get("/books", do.books.show),
    get("/books/accounts/{kind}", do.books.show_accounts),
    get("/books/accounts/{kind}/{owner:.+}", do.books.show_statement),
    get("/books/journals", do.books.list_journals),
    get("/books/journals/{id:.+}", do.books.show_journal),
    get("/books/about/{ref:.+}", do.books.show_about),
    get("/books/export", do.books.show_export),
    get("/books/export/file", do.books.download),
    get("/books/closing", do.books.show_closing),
    post("/books/closing", do.books.close),

    get("/bank", do.bank.show),
    get("/bank/accounts/{number}", do.bank.show_lines),
    get("/bank/import", do.bank.show_import),
    post("/bank/import", do.bank.look),
    post("/bank/import/{sha256}", do.bank.book),
    get("/bank/questions", do.bank_questions.show),
    post("/bank/questions/{id}/proposal", do.bank_questions.propose),
    post("/bank/questions/{id}/decision", do.bank_questions.decide),
    post("/bank/orders", do.bank.make_orders),
    get("/bank/orders/{number}.txt", do.bank.download_orders),

    get("/documents", do.documents.list_all),
    get("/documents/{number}.pdf", do.documents.download),
    get("/verify", do.verify.show),
    post("/verify", do.verify.check),
    get("/seal.pem", do.verify.show_seal),

    get("/plans", do.plans.list_all),
    get("/plans/{plan}", do.plans.show),
    post("/plans/{plan}", do.plans.publish),
    post("/plans/{plan}/preview", do.plans.look),
    get("/control", do.control.show),
    post("/control/switches/{name}", do.control.turn),
    post("/control/limits/{what}", do.control.set_limit),
    post("/control/approvals/{id}", do.control.decide),
    get("/control/journal", do.control.show_journal),
    get("/control/journal/check", do.control.check_journal),

    get("/healthz", do.health.alive),
    get("/readyz", do.health.ready),
    get("/metrics", do.health.metrics),
    get("/api/openapi.json", do.openapi.show),
)
# fmt: on


def routes() -> list[web.RouteDef]:
    """What is served, apart from /static/."""
    return list(ROUTES)
