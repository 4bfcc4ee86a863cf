"""How long screens take at a size, beside the bare SQL they wait for: contacts, search, filters, a card.

    python -m bench.seed --contacts 1000000 --url …
    python -m bench.pages --url … [--workspace big] [--rounds 15]

Prints p50 and p95 of the whole answer through Django's test client, of its SQL alone, the processor time of Python, the number of statements and
the buffers they touch (EXPLAIN (ANALYZE, BUFFERS)). Targets: p95 150 ms, 15 statements, 5,000 buffers.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from typing import Any

P95_MS, STATEMENTS, BUFFERS = 150, 15, 5_000


def screens(key: str, card: int, lists: dict[str, int]) -> dict[str, str]:
    base = f"/w/{key}/contacts/"
    return {
        "contacts": base,
        "by name": f"{base}?sort=name",
        "by activity": f"{base}?sort=activity",
        "search: name": f"{base}?q=נועה",
        "search: full name": f"{base}?q=נועה כהן",
        "search: two letters": f"{base}?q=נו",
        "search: part of a mail": f"{base}?q=user77123",
        "search: phone 050-123": f"{base}?q=050-123",
        "search: whole phone": f"{base}?q=0501234567",
        "search: nobody": f"{base}?q=קשקושים",
        "search, by name": f"{base}?q=תמר&sort=name",
        "list of 400,000": f"{base}?list={lists['לקוחות']}",
        "list of 10,000": f"{base}?list={lists['VIP']}",
        "list of 500": f"{base}?list={lists['ספקים']}",
        "list of 10,000 by name": f"{base}?list={lists['VIP']}&sort=name",
        "refused": f"{base}?email=withdrawn",
        "bounced": f"{base}?problem=bounced",
        "blocked": f"{base}?problem=suppressed",
        "city is": f"{base}?field=city&op=is&value=חיפה",
        "card": f"{base}{card}/",
        "lists": f"{base}lists/",
    }


def measure(client: Any, address: str, rounds: int) -> dict[str, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    whole, alone, cpu = [], [], []
    statements: list[str] = []
    for _round in range(rounds + 1):
        with CaptureQueriesContext(connection) as captured:
            start, worked = time.perf_counter(), time.process_time()
            answer = client.get(address)
            passed = (time.perf_counter() - start) * 1000
            cpu.append((time.process_time() - worked) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
        statements = [query["sql"] for query in captured.captured_queries]
        whole.append(passed)
        alone.append(sum(float(query["time"]) for query in captured.captured_queries) * 1000)
    return {
        "p50": statistics.median(whole[1:]), "p95": _p95(whole[1:]), "sql": statistics.median(alone[1:]),
        "cpu": statistics.median(cpu[1:]),
        "statements": len(statements), "buffers": sum(_buffers(statement) for statement in statements),
    }  # fmt: skip


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def _buffers(statement: str) -> int:
    from django.db import connection

    if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.replace('%', '%%')}", ()
        )
        plan = cursor.fetchone()[0]
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--url", help="the database; DATABASE_URL when left out")
    parser.add_argument("--workspace", default="big")
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    if given.url:
        os.environ["DATABASE_URL"] = given.url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from kesher.accounts.models import Workspace
    from kesher.contacts.models import ContactList
    from kesher.lib import sql

    settings.ALLOWED_HOSTS = ["testserver"]
    workspace = Workspace.objects.get(key=given.workspace)
    user = workspace.memberships.select_related("user").order_by("pk")[0].user
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    busiest = sql.value(
        "SELECT contact_id FROM event WHERE workspace_id = %s AND contact_id IS NOT NULL"
        " GROUP BY contact_id ORDER BY count(*) DESC LIMIT 1",
        (workspace.pk,),
    )
    lists = dict(ContactList.objects.filter(workspace=workspace).values_list("name", "pk"))
    print(
        f"{'screen':<26}{'p50 ms':>8}{'p95 ms':>8}{'SQL ms':>8}{'CPU ms':>8}{'stmts':>7}{'buffers':>9}"
    )
    for name, address in screens(workspace.key, busiest, lists).items():
        m = measure(client, address, given.rounds)
        short = m["p95"] > P95_MS or m["statements"] > STATEMENTS or m["buffers"] > BUFFERS
        row = f"{name:<26}{m['p50']:>8.1f}{m['p95']:>8.1f}{m['sql']:>8.1f}{m['cpu']:>8.1f}{m['statements']:>7}{m['buffers']:>9,}"
        print(row + ("  short of target" if short else ""), flush=True)


if __name__ == "__main__":
    main()
