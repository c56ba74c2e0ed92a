"""The `minuta` command: serve, migrate, seed, check, quote, tariff, verify, shell, demo, load."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from web.settings import BadSettings, read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the arguments and run one command; the answer is the exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        settings = read_settings()
    except BadSettings as error:
        print(f"minuta: {error}", file=sys.stderr)
        return 2
    # Imported late: `minuta quote` prices a call and does not need a media engine for it.
    from web.commands.table import run

    return run(given, settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="minuta", description="Paid remote help by the minute.")
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = verbs.add_parser("serve", help="run the server; migrates the database first")
    serve.add_argument("--demo", action="store_true", help="make demo accounts, log in by a button")
    verbs.add_parser("migrate", help="bring the schema up to date")
    grant = verbs.add_parser("grant", help="give PostgreSQL's role for the application its rights")
    grant.add_argument("role", nargs="?", default="minuta_app")
    verbs.add_parser("seed", help="make the demo accounts")
    check = verbs.add_parser("check", help="audit the database; exit 1 with a list of faults")
    check.add_argument("--json", action="store_true")
    bank = verbs.add_parser("bank", help="statements of the bank")
    of_bank = bank.add_subparsers(dest="verb", required=True, metavar="VERB")
    brought = of_bank.add_parser("import", help="book statements, in whatever order they come")
    brought.add_argument("files", metavar="FILE", nargs="+")
    brought.add_argument("--dry-run", action="store_true", help="say what it would do")
    _add_books(verbs.add_parser("books", help="the journal as a file, closing of months"))
    _add_close(verbs.add_parser("close", help="issue every paper of a month, tell the parties"))
    _add_cards(verbs)
    _add_payouts(verbs.add_parser("payouts", help="what payouts leave to a person"))
    _add_promo(verbs.add_parser("promo", help="promo credit: spent first, never paid out"))
    _add_allowance(verbs.add_parser("allowance", help="seconds in advance: used before money"))
    _add_cap(verbs.add_parser("cap", help="what members may spend of a firm's money"))
    quote = verbs.add_parser("quote", help="price usage by a tariff, both given as JSON")
    quote.add_argument("file", metavar="FILE|-")
    _add_tariff(verbs.add_parser("tariff", help="look at a tariff, publish it, list versions"))
    verify = verbs.add_parser("verify", help="check documents: 0 authentic, 1, 2 or 3 not")
    verify.add_argument("files", metavar="FILE", nargs="+")
    verify.add_argument("--offline", action="store_true", help="do not look into our register")
    verify.add_argument("--trust", metavar="CERT", help="certificate (PEM) of the issuer to trust")
    verify.add_argument("--log", metavar="URL", help="compare with the live log of this address")
    verify.add_argument("--json", action="store_true")
    verbs.add_parser("shell", help="a Python prompt with `db` open on the database")
    _add_demo(verbs.add_parser("demo", help="the main job with headless endpoints"))
    load = verbs.add_parser("load", help="many sessions with light endpoints at once")
    load.add_argument("--sessions", type=int, default=10)
    load.add_argument("--seconds", type=int, default=30)
    load.add_argument("--server", metavar="URL")
    return parser


def _add_tariff(tariff: argparse.ArgumentParser) -> None:
    deeds = tariff.add_subparsers(dest="verb", required=True, metavar="VERB")
    looked = deeds.add_parser("check", help="refuse it by field, or show what it comes to")
    published = deeds.add_parser("publish", help="the next version of a plan; again: no change")
    for deed in (looked, published):
        deed.add_argument("file", metavar="FILE|-")
    listed = deeds.add_parser("list", help="every version of every plan, the newest first")
    for deed in (looked, listed):
        deed.add_argument("--json", action="store_true")
    published.add_argument("--by", metavar="EMAIL", default="", help="who publishes, a curator")
    published.add_argument("--why", default="published from a file")


def _add_books(books: argparse.ArgumentParser) -> None:
    deeds = books.add_subparsers(dest="verb", required=True, metavar="VERB")
    export = deeds.add_parser("export", help="every entry of a period")
    close = deeds.add_parser("close", help="close whole months for ever, the oldest first")
    for deed in (export, close):
        deed.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
        deed.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    formats = ("csv", "csv-ru", "xlsx", "hledger", "beancount")
    export.add_argument("--format", choices=formats, default="csv")
    export.add_argument("--out", metavar="FILE|-", help="by default named after the period")
    close.add_argument("--by", metavar="EMAIL", required=True, help="who closes")


def _add_close(close: argparse.ArgumentParser) -> None:
    close.add_argument("--month", metavar="YYYY-MM", required=True)
    close.add_argument("--currency", default="RUB")
    close.add_argument("--language", choices=("ru", "en"), help="of the papers, the first time")
    close.add_argument("--again", action="store_true", help="issue what has changed since")
    close.add_argument("--json", action="store_true")


def _add_cards(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    reconcile = verbs.add_parser("reconcile", help="the card acquirer's account beside our books")
    reconcile.add_argument("--last", action="store_true", help="show the newest run, ask nobody")
    reconcile.add_argument("--json", action="store_true")
    inbox = verbs.add_parser("inbox", help="news of the card acquirer")
    of_inbox = inbox.add_subparsers(dest="verb", required=True, metavar="VERB")
    shown = of_inbox.add_parser("list", help="the newest news")
    shown.add_argument("--state", metavar="STATE", help="stored, deferred, dead, …")
    shown.add_argument("--about", metavar="ID", help="of a payment, refund, dispute, payout")
    replay = of_inbox.add_parser("replay", help="try dead news anew")
    replay.add_argument("events", metavar="EVENT", nargs="*")
    replay.add_argument("--all-dead", action="store_true")
    skip = of_inbox.add_parser("skip", help="lay dead news aside for good")
    skip.add_argument("events", metavar="EVENT", nargs="+")
    refunds = verbs.add_parser("refunds", help="refunds whose answer is not known")
    of_refunds = refunds.add_subparsers(dest="verb", required=True, metavar="VERB")
    of_refunds.add_parser("list", help="those that wait for a person first")
    decide = of_refunds.add_parser("decide", help="say what the acquirer's own pages show")
    decide.add_argument("refund", metavar="REFUND")
    decide.add_argument("--ref", help="the acquirer's id; without it the refund was never made")
    disputes = verbs.add_parser("disputes", help="disputed payments and frozen wallets")
    of_disputes = disputes.add_subparsers(dest="verb", required=True, metavar="VERB")
    of_disputes.add_parser("list", help="newest first")
    show = of_disputes.add_parser("show", help="the evidence as it was gathered")
    send = of_disputes.add_parser("send", help="send the staged evidence to the bank now")
    for deed in (show, send):
        deed.add_argument("dispute", metavar="DISPUTE")
    thaw = of_disputes.add_parser("thaw", help="take a reason away for which a wallet is frozen")
    thaw.add_argument("party", metavar="PARTY")
    thaw.add_argument("key", metavar="REASON")
    for deed in (replay, skip, decide, send, thaw):
        deed.add_argument("--by", metavar="EMAIL", required=True, help="who decides")
        deed.add_argument("--why", required=True)


def _add_payouts(payouts: argparse.ArgumentParser) -> None:
    deeds = payouts.add_subparsers(dest="verb", required=True, metavar="VERB")
    deeds.add_parser("list", help="those that have not left")
    decide = deeds.add_parser("decide", help="say what the acquirer's own pages show")
    decide.add_argument("pay_out", metavar="PAYOUT")
    decide.add_argument("--ref", help="the transfer's id; without it none was ever made")
    trust = deeds.add_parser("trust", help="let a payee's earnings ripen sooner")
    trust.add_argument("email", metavar="PAYEE")
    trust.add_argument("--no-more", action="store_true", help="as long as a new payee's again")
    recover = deeds.add_parser("recover", help="take transfers back after a lost dispute")
    recover.add_argument("email", metavar="PAYEE")
    recover.add_argument("minor", type=int, help="minor units, at most")
    recover.add_argument("--currency", default="RUB")
    recover.add_argument("--key", required=True, help="what for, once: dispute:…")
    for deed in (decide, trust, recover):
        deed.add_argument("--by", metavar="EMAIL", required=True, help="who decides")
        deed.add_argument("--why", required=True)


def _add_promo(promo: argparse.ArgumentParser) -> None:
    deeds = promo.add_subparsers(dest="verb", required=True, metavar="VERB")
    listed = deeds.add_parser("list", help="what a party ever got, and what is left of it")
    grant = deeds.add_parser("grant", help="give; the same grant again changes nothing")
    grant.add_argument("campaign", metavar="CAMPAIGN", help="grants to a party once")
    for deed in (grant, listed):
        deed.add_argument("email", metavar="PARTY")
    grant.add_argument("minor", type=int, help="minor units")
    grant.add_argument("--currency", default="RUB")
    grant.add_argument("--until", type=date.fromisoformat, required=True, help="last day, UTC")
    grant.add_argument("--by", metavar="EMAIL", required=True, help="who gives")
    grant.add_argument("--why", required=True)


def _add_allowance(allowance: argparse.ArgumentParser) -> None:
    deeds = allowance.add_subparsers(dest="verb", required=True, metavar="VERB")
    listed = deeds.add_parser("list", help="what a party ever got, and what is left of it")
    grant = deeds.add_parser("grant", help="give; the same grant again changes nothing")
    grant.add_argument("key", metavar="KEY", help="names the grant; one of it to a party")
    for deed in (grant, listed):
        deed.add_argument("email", metavar="PARTY")
    grant.add_argument("seconds", type=int)
    grant.add_argument("--kind", default="minutes", help="tariffs that name it may draw (minutes)")
    grant.add_argument("--step", type=int, default=60, metavar="SECONDS", help="used in these (60)")
    grant.add_argument("--until", type=date.fromisoformat, help="last day, UTC")
    grant.add_argument("--by", metavar="EMAIL", required=True, help="who gives")
    grant.add_argument("--why", required=True)


def _add_cap(cap: argparse.ArgumentParser) -> None:
    deeds = cap.add_subparsers(dest="verb", required=True, metavar="VERB")
    listed = deeds.add_parser("list", help="caps in force, and what is spent of them")
    chosen = deeds.add_parser("set", help="set, raise or lower; in force from the next hold on")
    removed = deeds.add_parser("drop", help="no such cap any more")
    for deed in (listed, chosen, removed):
        deed.add_argument("payer", metavar="PAYER", help="whose money it is")
        deed.add_argument("--currency", default="RUB")
    for deed in (chosen, removed):
        deed.add_argument("member", metavar="MEMBER", help="who spends it")
        deed.add_argument("period", choices=("day", "week", "month"))
        deed.add_argument("--by", metavar="EMAIL", required=True)
        deed.add_argument("--why", required=True)
    chosen.add_argument("minor", type=int, help="minor units")
    chosen.add_argument("--zone", default="Europe/Moscow", help="whose calendar (Europe/Moscow)")


def _add_demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--plan", choices=("host-pays", "client-pays"), help="one plan only")
    demo.add_argument("--seconds", type=int, default=70, help="seconds of media (70)")
    demo.add_argument("--outcome", choices=("resolved", "unresolved"), default="resolved")
    demo.add_argument("--out", metavar="DIR", help="where the documents are saved")
    demo.add_argument("--server", metavar="URL", help="a running server with demo accounts")


if __name__ == "__main__":
    sys.exit(main())
