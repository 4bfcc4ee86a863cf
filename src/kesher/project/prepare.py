"""What must be true before anything serves: catalogues compiled, tables up to date, the demo if wished."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kesher.lib import sql
from kesher.project import environment as env
from kesher.project.catalogues import compile_stale

# Any constant of our own: one migration at a time, whatever the number of machines that start together.
_MIGRATING = 4_273_001
DEMO_OWNER = "dana@green-books.example"  # as in demo.load, which is imported only to load it


class NewerDatabase(Exception):
    """The tables were made by a newer Kesher than this; the text says what to do."""


def prepare(say: Callable[[str], None]) -> None:
    compile_stale()
    migrate(say)
    if env.DEMO.flag() and (is_new() or has_demo()):
        say(load_demo())


def pending_migrations() -> list[str]:
    """Names of migrations that the database lacks. Raises NewerDatabase for ones that we do not know."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    labels = {app for app, _ in known}
    foreign = [key for key in executor.loader.applied_migrations if key[0] in labels - {""}]
    unknown = sorted(f"{app}.{name}" for app, name in foreign if (app, name) not in known)
    unknown = [name for name in unknown if not _was_replaced(executor, name)]
    if unknown:
        raise NewerDatabase(
            f"The database was made by a newer Kesher (it has {unknown[-1]}): run that version, or restore a backup."
        )
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _was_replaced(executor: MigrationExecutor, name: str) -> bool:
    app, _, number = name.partition(".")
    replaced = {key for m in executor.loader.replacements.values() for key in m.replaces}
    return (app, number) in replaced


def migrate(say: Callable[[str], None] = lambda _line: None) -> int:
    """Bring the tables up to date; answers how many migrations that took. Waits for another who does it."""
    if not pending_migrations():
        return 0
    sql.execute("SELECT pg_advisory_lock(%s)", (_MIGRATING,))
    try:
        pending = pending_migrations()
        if pending:
            say(f"making or changing tables ({len(pending)} steps)")
            call_command("migrate", interactive=False, verbosity=0)
        return len(pending)
    finally:
        sql.execute("SELECT pg_advisory_unlock(%s)", (_MIGRATING,))


def is_new() -> bool:
    """Nobody has made an account yet."""
    return not sql.value("SELECT EXISTS (SELECT FROM user_account)")


def has_demo() -> bool:
    """The demo is loaded, or its loading was cut short: the owner is there before the workspace is marked."""
    return bool(
        sql.value("SELECT EXISTS (SELECT FROM user_account WHERE email = %s)", (DEMO_OWNER,))
    )


def load_demo() -> str:
    """Load the demo workspace unless it is there; answers a line that says how to sign in."""
    from kesher.project import demo

    return demo.load()
