"""What happens when an import is stopped: by a kill, by a person, by a fault, by its twin."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.accounts.models import Work
from kesher.accounts.work import cancel_work
from kesher.contacts.imports.run import run_import
from kesher.contacts.models import Contact, Import, ImportRefusal
from kesher.contacts.tests.imports.conftest import balance
from kesher.events import counters
from kesher.lib import sql

ROWS = 3000
RUN = (
    "import sys, django; django.setup();"
    "from kesher.contacts.imports.run import run_import; from kesher.lib import clock;"
    "run_import(int(sys.argv[1]), clock=clock.now, chunk_rows=60)"
)


def people(count: int) -> str:
    lines = ["email,mobile,city"]
    for number in range(count):
        lines.append(
            "no,," if number % 50 == 7 else f"p{number % (count - 200)}@example.com,,עיר {number}"
        )
    return "\n".join(lines) + "\n"


@pytest.fixture
def _no_events_left(transactional_db: None) -> Iterator[None]:
    """The log is no managed table, so Django's flush leaves it alone."""
    yield
    sql.execute("TRUNCATE event")


@pytest.mark.slow
@pytest.mark.usefixtures("_no_events_left")
def test_a_worker_killed_again_and_again_imports_each_row_once(
    started: Any, access: Any, now: Any
) -> None:
    row = started(people(ROWS), update="overwrite")
    database = connection.settings_dict
    address = (
        f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "KESHER_HOME": str(django_settings.HOME),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    draw = random.Random(5)

    for _ in range(4):
        worker = subprocess.Popen([sys.executable, "-c", RUN, str(row.pk)], env=environment)
        before = Import.objects.get(pk=row.pk).position
        until = time.monotonic() + 60
        while Import.objects.get(pk=row.pk).position == before and time.monotonic() < until:
            if worker.poll() is not None:
                break
            time.sleep(0.01)
        time.sleep(draw.random() / 10)
        worker.kill()
        worker.wait()
    run_import(row.pk, clock=lambda: now)

    row.refresh_from_db()
    assert row.state == "done"
    assert (row.rows, row.refused_count) == (ROWS, ROWS // 50)
    assert balance(row)
    refused = ImportRefusal.objects.filter(import_id=row.pk)
    assert refused.count() == refused.values("row_number").distinct().count() == ROWS // 50
    living = Contact.objects.filter(workspace=access.workspace).count()
    assert row.created_count == living
    assert sql.value("SELECT count(*) FROM event WHERE kind = 'contact.created'") == living
    assert counters.read(access.workspace.pk, ["contacts"]) == {"contacts": living}


@pytest.mark.django_db
def test_a_cancelled_import_keeps_what_it_did_and_says_so(
    started: Any, access: Any, now: Any
) -> None:
    row = started(people(300))
    cancel_work(access, row.work_id)

    state = run_import(row.pk, clock=lambda: now, chunk_rows=100)

    row.refresh_from_db()
    assert state == "cancelled"
    assert (row.rows, row.created_count) == (100, 98)
    assert Work.objects.get(pk=row.work_id).state == "cancelled"


@pytest.mark.django_db
def test_a_file_that_is_gone_fails_the_import_in_words(
    started: Any, now: Any, settings: Any
) -> None:
    row = started(people(300))
    (settings.HOME / row.path).unlink()

    assert run_import(row.pk, clock=lambda: now) == "failed"
    assert Work.objects.get(pk=row.work_id).error


CELLS = st.sampled_from(
    [
        "",
        "a@x.co",
        "b@x.co",
        "A@X.co",
        "bad",
        "0501234567",
        "501234567",
        "+972501234568",
        "12",
        '"',
        "x\ny",
        "א",
    ]
)


@pytest.mark.django_db
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=30), size=st.integers(1, 7)
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_accepted_and_refused_make_all_rows(imported: Any, rows: list[Any], size: int) -> None:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out).writerows([("email", "mobile", "city"), ("z@x.co", "", ""), *rows])

    row = imported(out.getvalue(), chunk_rows=size, update="overwrite")

    filled = sum(any(cell.strip() for cell in cells) for cells in rows) + 1
    assert row.rows == filled
    assert balance(row)
    living = Contact.objects.filter(deleted_at=None)
    assert (
        living.exclude(email="").values("email").distinct().count()
        == living.exclude(email="").count()
    )
