"""Import: a CSV of twelve columns into an empty workspace, then again with half of it changed.

2 % of the rows are bad, 10 % repeat a person. Beside it, in the same run and in turns: `copy`, a bare COPY of
the file into a table without indexes, and `hand`, what somebody who knows SQL well would write for the same
effect (contacts, changes, lists, consent, events, refusals), in one transaction, neither resumable nor
cancellable. Each runs in a process and a database of its own, on the server of DATABASE_URL.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.place import peak_mb
from bench.result import Figure, Options, Result
from bench.seed import CITIES, DOMAINS, FIRST, LAST

HEADER = [
    "שם פרטי", "שם משפחה", "דוא״ל", "נייד", "עיר", "חברה", "תפקיד", "תאריך לידה", "הערות", "מספר לקוח",
    "נקודות", "מועדון",
]  # fmt: skip
ROLES = ["מנהל", "מנהלת", "מורה", "רופאה", "מהנדס", "", "", ""]
SUBJECTS = ("copy", "hand", "kesher")


def write_files(folder: Path, rows: int) -> tuple[Path, Path]:
    """The file and its changed twin: every other person lives in another city and has other points."""
    first, second = folder / "first.csv", folder / "second.csv"
    draw = random.Random(7)
    with (
        first.open("w", encoding="utf-8-sig", newline="") as one,
        second.open("w", encoding="utf-8-sig", newline="") as two,
    ):
        writers = csv.writer(one), csv.writer(two)
        for writer in writers:
            writer.writerow(HEADER)
        words = FIRST.split(), LAST.split(), CITIES.split("|"), DOMAINS.split()
        for number in range(rows):
            kind = draw.random()
            who = draw.randrange(number) if number and kind < 0.1 else number
            row = _row(random.Random(who), who, words)
            if kind > 0.98:
                row[2], row[3] = "no-address", ""
            writers[0].writerow(row)
            if who % 2:
                row[4], row[10] = "אילת", str(int(row[10]) + 1)
            writers[1].writerow(row)
    return first, second


def _row(draw: random.Random, who: int, words: tuple[list[str], ...]) -> list[str]:
    first, last, cities, domains = words
    mobile = f"50{who:07d}" if draw.random() < 0.7 else ""
    return [
        draw.choice(first), draw.choice(last), f"User{who}@{draw.choice(domains)}", mobile,
        draw.choice(cities) if draw.random() < 0.8 else "", "", draw.choice(ROLES),
        f"{draw.randrange(1, 29)}/{draw.randrange(1, 13)}/{draw.randrange(1940, 2010)}", "",
        f"C{who}", str(draw.randrange(500)), draw.choice(("כן", "לא")),
    ]  # fmt: skip


# The hand-written way. Phones and dates of this file only; one rule (overwrite), one order of keys.
HAND_STAGE = """
CREATE TEMP TABLE raw (n bigint GENERATED ALWAYS AS IDENTITY, first_name text, last_name text, email text,
    mobile text, city text, company text, role text, birthday text, notes text, external_id text,
    points text, club text)
"""
HAND_COPY = r"""
COPY raw (first_name, last_name, email, mobile, city, company, role, birthday, notes, external_id, points, club)
FROM STDIN (FORMAT csv, HEADER true, NULL '\N')
"""
HAND = (
    """
CREATE TEMP TABLE tidy AS
SELECT n, trim(first_name) AS first_name, trim(last_name) AS last_name, trim(city) AS city, trim(role) AS role,
    CASE WHEN lower(trim(email)) ~ '^[a-z0-9.!#$%%&''*+/=?^_`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$'
        THEN lower(trim(email)) ELSE '' END AS email,
    CASE WHEN mobile ~ '^5[0-9]{8}$' THEN '+972' || mobile ELSE '' END AS mobile,
    to_date(birthday, 'DD/MM/YYYY') AS birthday, trim(external_id) AS external_id,
    jsonb_build_object('נקודות', points::int, 'מועדון', club = 'כן') AS fields
FROM raw""",
    """
INSERT INTO import_refusal (workspace_id, import_id, row_number, "column", reason, value, is_warning, row)
SELECT %(w)s, 0, n + 1, '', 'bad_address', raw.email, false, to_jsonb(array[raw.first_name, raw.last_name, raw.email,
    raw.mobile, raw.city, raw.company, raw.role, raw.birthday, raw.notes, raw.external_id, raw.points, raw.club])
FROM tidy JOIN raw USING (n) WHERE tidy.email = '' AND tidy.mobile = ''""",
    """
CREATE TEMP TABLE person AS
SELECT DISTINCT ON (email) t.* FROM tidy t WHERE email <> '' OR mobile <> '' ORDER BY email, n DESC""",
    "ANALYZE person",
    """
CREATE TEMP TABLE known AS
SELECT p.n, c.id FROM person p JOIN contact c ON c.workspace_id = %(w)s AND c.email = p.email
    AND c.email <> '' AND c.deleted_at IS NULL""",
    "ANALYZE known",
    """
WITH differ AS (
    SELECT c.id, p.*, c.city AS old_city, c.fields AS old_fields FROM known k JOIN person p USING (n)
    JOIN contact c ON c.id = k.id AND c.workspace_id = %(w)s
    WHERE (p.city <> '' AND p.city <> c.city) OR (p.first_name <> '' AND p.first_name <> c.first_name)
        OR (p.last_name <> '' AND p.last_name <> c.last_name) OR (p.role <> '' AND p.role <> c.role)
        OR p.birthday <> c.birthday OR c.fields || p.fields <> c.fields
), moved AS (
    UPDATE contact c SET first_name = coalesce(nullif(d.first_name, ''), c.first_name),
        last_name = coalesce(nullif(d.last_name, ''), c.last_name), city = coalesce(nullif(d.city, ''), c.city),
        role = coalesce(nullif(d.role, ''), c.role), birthday = coalesce(d.birthday, c.birthday),
        fields = c.fields || d.fields, updated_at = now()
    FROM differ d WHERE c.id = d.id AND c.workspace_id = %(w)s
)
INSERT INTO event (workspace_id, kind, contact_id, at, source, data)
SELECT %(w)s, 'contact.updated', id, now(), 'import:0', jsonb_build_object('changed',
    CASE WHEN city <> '' AND city <> old_city THEN jsonb_build_object('city', jsonb_build_array(old_city, city)) ELSE '{}' END
    || (SELECT coalesce(jsonb_object_agg(f.key, jsonb_build_array(old_fields -> f.key, f.value)), '{}')
        FROM jsonb_each(fields) f WHERE old_fields -> f.key IS DISTINCT FROM f.value)) FROM differ""",
    """
CREATE TEMP TABLE fresh AS
SELECT nextval('contact_id_seq') AS id, p.* FROM person p
WHERE NOT EXISTS (SELECT 1 FROM known k WHERE k.n = p.n) ORDER BY p.n""",
    """
INSERT INTO contact (id, workspace_id, email, mobile, external_id, first_name, last_name, phone, role, company, city,
    birthday, notes, fields, language, email_consent, sms_consent, whatsapp_consent, source, created_at, updated_at)
SELECT id, %(w)s, email, mobile, external_id, first_name, last_name, '', role, '', city, birthday, '', fields, '',
    CASE WHEN email <> '' THEN 'granted' ELSE '' END, '', '', 'import', now(), now() FROM fresh
ON CONFLICT DO NOTHING""",
    """
INSERT INTO consent (workspace_id, contact_id, channel, state, evidence_id, at)
SELECT %(w)s, id, 'email', 'granted', NULL, now() FROM fresh WHERE email <> ''""",
    """
INSERT INTO list_membership (workspace_id, list_id, contact_id, joined_at, source)
SELECT %(w)s, %(list)s, id, now(), 'import' FROM fresh UNION ALL SELECT %(w)s, %(list)s, id, now(), 'import' FROM known
ON CONFLICT DO NOTHING""",
    """
INSERT INTO event (workspace_id, kind, contact_id, at, source, data)
SELECT %(w)s, kind, id, now(), 'import:0', data FROM fresh, LATERAL (VALUES
    ('contact.created', '{"source": "import", "import_id": 0}'::jsonb),
    ('consent.granted', '{"channel": "email", "basis": "import"}'::jsonb),
    ('list.joined', jsonb_build_object('list_id', %(list)s::int, 'list', 'קוראים'))) AS e(kind, data)""",
    """
INSERT INTO counter (workspace_id, name, slot, value)
SELECT %(w)s, 'contacts', 0, count(*) FROM fresh
ON CONFLICT (workspace_id, name, slot) DO UPDATE SET value = counter.value + excluded.value""",
    "DROP TABLE raw, tidy, person, known, fresh",
)


def measure_copy(path: Path, _context: dict[str, Any]) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(HAND_STAGE.replace("TEMP TABLE raw", "TABLE IF NOT EXISTS bare"))
        _copy(cursor, HAND_COPY.replace("COPY raw", "COPY bare"), path)
    return 1


def measure_hand(path: Path, context: dict[str, Any]) -> int:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(HAND_STAGE)
        _copy(cursor, HAND_COPY, path)
        cursor.execute("ANALYZE raw")
        for statement in HAND:
            cursor.execute(statement, {"w": context["workspace"].pk, "list": context["list"].pk})
    return len(HAND) + 3


def _copy(cursor: Any, statement: str, path: Path) -> None:
    with path.open("rb") as file, cursor.copy(statement) as copy:
        file.seek(3)
        while block := file.read(1 << 20):
            copy.write(block)


def measure_kesher(path: Path, context: dict[str, Any]) -> int:
    """The import itself, from the file as uploaded to the report; the upload is not part of it."""
    from django.db import connection

    from kesher.contacts.imports.run import run_import
    from kesher.lib import clock

    statements = 0

    def count(execute: Any, *args: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*args)

    row = context["row"]
    with connection.execute_wrapper(count):
        run_import(row.pk, clock=clock.now)
    row.refresh_from_db()
    if (
        row.state != "done"
        or row.rows
        != row.created_count + row.updated_count + row.unchanged_count + row.refused_count
    ):
        raise SystemExit(f"the report does not balance: {row.state} {row.__dict__}")
    return statements


MEASURES = {"copy": measure_copy, "hand": measure_hand, "kesher": measure_kesher}


def one(subject: str, path: Path) -> dict[str, float]:
    """Measure one subject in this process; the database is its own."""
    import django

    django.setup()
    from kesher.lib import sql

    context = context_for(subject, path)
    wal = sql.value("SELECT pg_current_wal_insert_lsn()")
    begun, cpu = time.perf_counter(), time.process_time()
    statements = MEASURES[subject](path, context)
    seconds = time.perf_counter() - begun
    return {
        "seconds": seconds,
        "cpu": time.process_time() - cpu,
        "memory_mb": peak_mb(),
        "statements": statements,
        "wal": float(sql.value("SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", (wal,))),
    }


def context_for(subject: str, path: Path) -> dict[str, Any]:
    from dataclasses import replace

    from kesher.accounts.access import Access
    from kesher.accounts.models import Membership, User, Workspace
    from kesher.contacts.imports import actions, mapping, plan
    from kesher.contacts.models import ContactList
    from kesher.lib import clock

    user = User.objects.filter(email="bench@example.com").first() or User.objects.create_user(
        "bench@example.com"
    )
    workspace, made = Workspace.objects.get_or_create(key="bench-import", name="Bench")
    if made:
        Membership.objects.create(workspace=workspace, user=user, role="owner")
    row, _made = ContactList.objects.get_or_create(
        workspace=workspace, key="readers", name="קוראים"
    )
    context: dict[str, Any] = {"workspace": workspace, "list": row}
    if subject == "kesher":
        actions._defer = lambda import_id: None
        access = Access(workspace, "owner", user=user)
        with path.open("rb") as file:
            imported = actions.receive(
                access, chunks=iter(lambda: file.read(1 << 20), b""), name=path.name
            )
        options = plan.Options(
            update=plan.OVERWRITE, lists=(row.pk,), consent=plan.AGREED, channels=("email",),
            statement="bench",
        )  # fmt: skip
        entries = [
            replace(e, type="yes_no" if e.header == "מועדון" else "number") if e.to == "new" else e
            for e in mapping.from_json(imported.mapping)
        ]
        actions.choose(imported, entries=entries, options=options)
        context["row"] = actions.start(access, imported, now=clock.now())
    return context


def run_subject(url: str, subject: str, path: Path, home: Path) -> dict[str, float]:
    environment = {**os.environ, "DATABASE_URL": url, "KESHER_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_", "--one", subject, "--file", str(path)],
        env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{subject}: {done.stdout}{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


class Databases:
    """A migrated template and copies of it, on the server of DATABASE_URL."""

    def __init__(self, url: str, home: Path) -> None:
        self._url, self._home = url, home
        self._template = "bench_import_template"

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def _execute(self, *statements: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def __enter__(self) -> Databases:
        self.remove(self._template)
        self._execute(f'CREATE DATABASE "{self._template}"')
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "-v0"],
            env={**os.environ, "DATABASE_URL": self.url(self._template), "KESHER_HOME": str(self._home)},
            check=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return self

    def make(self, name: str) -> str:
        self.remove(name)
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return self.url(name)

    def remove(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def __exit__(self, *_error: object) -> None:
        self.remove(self._template)


def measure(rows: int, rounds: int) -> dict[str, dict[str, list[dict[str, float]]]]:
    results: dict[str, dict[str, list[dict[str, float]]]] = {
        part: {subject: [] for subject in SUBJECTS} for part in ("empty", "again")
    }
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        files = dict(zip(results, write_files(Path(folder), rows), strict=True))
        with Databases(os.environ["DATABASE_URL"], home) as databases:
            for number in range(rounds):
                for subject in SUBJECTS if number % 2 == 0 else reversed(SUBJECTS):
                    name = f"bench_import_{subject}"
                    url = databases.make(name)
                    for part, path in files.items():
                        results[part][subject].append(run_subject(url, subject, path, home))
                    databases.remove(name)
    return results


def _median(runs: list[dict[str, float]], key: str) -> float:
    return statistics.median(found[key] for found in runs)


def run(options: Options) -> Result:
    rows = options.sized(full=1_000_000, small=20_000)
    results = measure(rows, options.turns(full=3))
    figures = []
    for part, subjects in results.items():
        seconds = {subject: _median(runs, "seconds") for subject, runs in subjects.items()}
        own, ratio = (
            seconds.pop("kesher"),
            _median(subjects["kesher"], "seconds") / _median(subjects["hand"], "seconds"),
        )
        memory = _median(subjects["kesher"], "memory_mb")
        figures += [
            Figure(
                f"{part}: rows", rows / own, "a second", {name: rows / spent for name, spent in seconds.items()},
                f"{ratio:.2f} × the time of hand", "1.5", ratio <= 1.5,
            ),
            Figure(f"{part}: memory", memory, "MB", {}, "", "150 MB", memory <= 150),
            Figure(f"{part}: processor of Python", _median(subjects["kesher"], "cpu") / rows * 1e6, "µs a row"),
            Figure(f"{part}: statements", _median(subjects["kesher"], "statements") / rows * 1000, "for 1,000 rows"),
            Figure(
                f"{part}: WAL", _median(subjects["kesher"], "wal") / rows, "bytes a row",
                {name: _median(subjects[name], "wal") / rows for name in seconds},
            ),
        ]  # fmt: skip
    work = (
        f"{rows:,} rows of {len(HEADER)} columns, 2 % bad, 10 % repeated, into an empty workspace (`empty`), then `again`"
        " with half of them changed. `copy` is a bare COPY, `hand` what a good hand writes for the same effect in SQL,"
        " in one transaction, neither resumable nor cancellable."
    )
    return Result("import", work, figures)


def main() -> None:
    """One subject in this process, for `measure`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", choices=SUBJECTS, required=True)
    parser.add_argument("--file", type=Path, required=True)
    given = parser.parse_args()
    print(json.dumps(one(given.one, given.file)))


if __name__ == "__main__":
    main()
