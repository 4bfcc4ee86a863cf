"""How long screens take at a size, beside the bare SQL they wait for: contacts, search, filters, a card.

The whole answer through Django's test client, its SQL alone, the processor time of Python, the number of
statements and the buffers they touch (EXPLAIN (ANALYZE, BUFFERS)).
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from bench import place
from bench.result import Figure, Options, Result

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


def screens_of_campaigns(key: str, largest: int) -> dict[str, str]:
    base = f"/w/{key}/campaigns/"
    return {
        "home": f"/w/{key}/",
        "campaigns": base,
        "campaigns: search": f"{base}?q=דיוור 12",
        "report": f"{base}{largest}/",
        "people: opened": f"{base}{largest}/people/?facet=opened",
        "people: refused": f"{base}{largest}/people/?facet=refused",
        "people: unsubscribed": f"{base}{largest}/people/?facet=unsubscribed",
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


def run(options: Options) -> Result:
    contacts = options.sized(full=1_000_000, small=10_000)
    with place.database("kesher_bench_pages"):
        place.set_up_django()
        from bench import seed

        campaigns, key = (50 if options.small else 500), "big"
        seed.build(contacts=contacts, events=contacts * 2, key=key, campaigns=campaigns)
        found = measure_all(key, options.turns(full=15, small=3))
    return Result(
        "pages",
        f"{contacts:,} contacts, {contacts * 2:,} events, {campaigns} campaigns with {contacts:,} messages, through"
        " Django's test client: the slowest but 5 % of answers, beside their SQL alone and the processor time of Python."
        f" Targets for each: {P95_MS} ms, {STATEMENTS} statements, {BUFFERS:,} buffers.",
        [figure_of(name, measured) for name, measured in found.items()],
    )  # fmt: skip


def figure_of(name: str, m: dict[str, float]) -> Figure:
    """Everything measured stands beside it; met when no part is over its target."""
    met = m["p95"] <= P95_MS and m["statements"] <= STATEMENTS and m["buffers"] <= BUFFERS
    beside = {
        "median": m["p50"], "SQL": m["sql"], "Python": m["cpu"], "statements": m["statements"], "buffers": m["buffers"],
    }  # fmt: skip
    return Figure(name, m["p95"], "ms", beside, target=f"{P95_MS} ms", met=met)


def measure_all(key: str, rounds: int) -> dict[str, dict[str, float]]:
    """By the screen's name, what `measure` found."""
    from django.conf import settings
    from django.test import Client

    from kesher.accounts.models import Workspace
    from kesher.campaigns.models import Campaign
    from kesher.contacts.models import ContactList
    from kesher.lib import sql

    settings.ALLOWED_HOSTS = ["testserver"]
    workspace = Workspace.objects.get(key=key)
    user = workspace.memberships.select_related("user").order_by("pk")[0].user
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    busiest = sql.value(
        "SELECT contact_id FROM event WHERE workspace_id = %s AND contact_id IS NOT NULL"
        " GROUP BY contact_id ORDER BY count(*) DESC LIMIT 1",
        (workspace.pk,),
    )
    lists = dict(ContactList.objects.filter(workspace=workspace).values_list("name", "pk"))
    largest = (
        Campaign.objects.filter(workspace=workspace)
        .order_by("-pk")
        .values_list("pk", flat=True)
        .first()
    )
    addresses = screens(key, busiest, lists)
    if largest:
        addresses |= screens_of_campaigns(key, largest)
    return {name: measure(client, address, rounds) for name, address in addresses.items()}
