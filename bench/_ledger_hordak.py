"""The peer of `bench.ledger`: django-hordak on the same server, run by a Python of its own.

    python _ledger_hordak.py prepare URL            tables, accounts, opening balances
    python _ledger_hordak.py run URL CALLERS SECONDS    one line of JSON: ops, seconds, waits, cpu_s

A split is one Transaction with three Legs in one database transaction, written by `bulk_create`,
which is the fewest statements that hordak can do with. It is asked neither for a limit (it has no
stored balance: locking the row and summing its legs makes it three times slower) nor for a key.
Creating an account rebuilds a tree, so there are 200 customers instead of 1000.
"""

import json
import random
import resource
import sys
import threading
import time
from urllib.parse import urlsplit

CUSTOMERS = 200
CURRENCY = "RUB"


def begin(url: str) -> None:
    """Django, without a project."""
    import django
    from django.conf import settings

    parts = urlsplit(url)
    settings.configure(
        SECRET_KEY="bench",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "mptt",
            "djmoney",
            "hordak",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "HOST": parts.hostname,
                "PORT": parts.port,
                "USER": parts.username,
            }
        },
        DEFAULT_CURRENCY=CURRENCY,
        CURRENCIES=(CURRENCY,),
    )
    django.setup()


def prepare(url: str) -> None:
    begin(url)
    from django.core.management import call_command
    from djmoney.money import Money
    from hordak.models import Account

    call_command("migrate", verbosity=0, interactive=False)
    root = Account.objects.create(name="customers", code="1", type="LI", currencies=[CURRENCY])
    Account.objects.create(name="platform", code="2", type="IN", currencies=[CURRENCY])
    bank = Account.objects.create(name="bank", code="3", type="AS", currencies=[CURRENCY])
    for n in range(CUSTOMERS):
        account = Account.objects.create(
            name=f"customer {n}", code=None, parent=root, currencies=[CURRENCY]
        )
        account.transfer_to(bank, Money(10**9, CURRENCY))


def run(url: str, callers: int, seconds: float) -> dict[str, object]:
    begin(url)
    from django.db import connections, transaction
    from djmoney.money import Money
    from hordak.models import Account, Leg, Transaction

    platform = Account.objects.get(name="platform")
    customers = list(Account.objects.filter(name__startswith="customer ").order_by("id"))
    counted = Transaction.objects.count()
    waits: list[float] = []
    go = threading.Event()

    def split(dice: random.Random) -> None:
        place = dice.randrange(CUSTOMERS)
        payer, payee = customers[place], customers[(place + 1) % CUSTOMERS]
        with transaction.atomic():
            made = Transaction.objects.create()
            Leg.objects.bulk_create(
                [
                    Leg(transaction=made, account=payer, debit=Money(10, CURRENCY)),
                    Leg(transaction=made, account=platform, credit=Money(1, CURRENCY)),
                    Leg(transaction=made, account=payee, credit=Money(9, CURRENCY)),
                ]
            )

    def caller(seed: int) -> None:
        dice = random.Random(seed)
        connections["default"].ensure_connection()
        go.wait()
        end = time.perf_counter() + seconds
        while (asked := time.perf_counter()) < end:
            split(dice)
            waits.append(time.perf_counter() - asked)
        connections.close_all()

    threads = [threading.Thread(target=caller, args=(n,)) for n in range(callers)]
    for thread in threads:
        thread.start()
    began, used = time.perf_counter(), cpu_s()
    go.set()
    for thread in threads:
        thread.join()
    lasted, cpu = time.perf_counter() - began, cpu_s() - used
    stored = Transaction.objects.count() - counted
    assert stored == len(waits), f"{stored} stored, {len(waits)} acknowledged"
    return {"ops": stored, "seconds": lasted, "waits": sorted(waits), "cpu_s": cpu}


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(sys.argv[2])
    else:
        json.dump(run(sys.argv[2], int(sys.argv[3]), float(sys.argv[4])), sys.stdout)
