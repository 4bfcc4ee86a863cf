"""The command `kesher`. Each subcommand imports what it needs, so that `kesher run` stays light."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from kesher import __version__
from kesher.project import environment as env
from kesher.project.database import DatabaseFailed, EmbeddedDatabase
from kesher.project.environment import BadSetting

DESCRIPTION = "Kesher: marketing automation on your own machine."
EPILOG = """\
Settings come from the environment; docs/reference/environment.md lists them. The ones you may want first:
  KESHER_HOME           data folder (default .kesher in the current folder)
  KESHER_BIND           address and port of the web server (default 127.0.0.1:8000)
  KESHER_BASE_URL       where people reach it, for links in mail
  DATABASE_URL          a PostgreSQL server; without it Kesher runs its own
  KESHER_DEMO=1         load the demo workspace at first start
"""


class Refused(Exception):
    """The command cannot do it; the text says why and what to do instead."""


def say(line: str) -> None:
    print(f"kesher: {line}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def installation() -> Iterator[None]:
    """Django set up on a running database: the embedded one is started for the while when it does not run."""
    os.environ["KESHER_HOME"] = str(env.home())
    database = None if env.DATABASE_URL.text() else EmbeddedDatabase(env.home())
    started = database is not None and database.start()
    try:
        set_up_django()
        yield
    finally:
        if started and database is not None:
            _close_connections()
            database.stop()


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")
    import django

    django.setup()


def _close_connections() -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def run(_options: argparse.Namespace) -> int:
    from kesher.project.supervisor import CannotRun, Supervisor

    try:
        return Supervisor().run()
    except CannotRun as error:
        raise Refused(str(error)) from error


def web(_options: argparse.Namespace) -> int:
    from kesher.project.web import serve

    serve()
    return 0


def worker(_options: argparse.Namespace) -> int:
    set_up_django()
    from kesher.worker.process import work

    _check_test_clock()
    return work(senders=env.sender_processes())


def _check_test_clock() -> None:
    """Raises Refused where time stands still although messages would really leave."""
    if env.TEST_CLOCK.flag():
        from kesher.project import passing_time

        try:
            passing_time.refuse_real_providers()
        except passing_time.CannotMove as error:
            raise Refused(str(error)) from error


def prepare(_options: argparse.Namespace) -> int:
    with installation():
        from kesher.project import prepare as steps

        try:
            steps.prepare(say)
        except steps.NewerDatabase as error:
            raise Refused(str(error)) from error
    return 0


def migrate(_options: argparse.Namespace) -> int:
    with installation():
        from kesher.project import prepare as steps

        try:
            count = steps.migrate(say)
        except steps.NewerDatabase as error:
            raise Refused(str(error)) from error
    say(f"{count} steps done" if count else "the tables are up to date")
    return 0


def doctor(_options: argparse.Namespace) -> int:
    from kesher.project.doctor import examine, examine_without_database

    try:
        with installation():
            return examine()
    except DatabaseFailed as error:
        return examine_without_database(str(error))


def backup(options: argparse.Namespace) -> int:
    with installation():
        from kesher.project.backup import BackupFailed, back_up

        try:
            written = back_up(options.file)
        except BackupFailed as error:
            raise Refused(str(error)) from error
    say(f"wrote {options.file} ({written / 1e6:.1f} MB). It holds the secret key: keep it private.")
    return 0


def restore(options: argparse.Namespace) -> int:
    with installation():
        from kesher.project.backup import BackupFailed
        from kesher.project.backup import restore as bring_back

        try:
            bring_back(options.file, force=options.force)
        except BackupFailed as error:
            raise Refused(str(error)) from error
    say("restored. Nothing is sent from this copy until you say `kesher arm`.")
    return 0


def arm(_options: argparse.Namespace) -> int:
    with installation():
        from kesher.accounts.models import Installation

        Installation.objects.update_or_create(pk=1, defaults={"armed": True})
    say("armed: queued messages go out now.")
    return 0


def demo(_options: argparse.Namespace) -> int:
    with installation():
        from kesher.project import prepare as steps

        steps.migrate(say)
        say(steps.load_demo())
    return 0


def clock(options: argparse.Namespace) -> int:
    from kesher.project import test_clock

    if not env.TEST_CLOCK.flag():
        raise Refused(
            "time goes by itself: set KESHER_TEST_CLOCK=1 to have a clock that stands still"
        )
    with installation():
        from kesher.project import passing_time

        try:
            passing_time.refuse_real_providers()
            if options.move:
                passing_time.move(options.move, options.to, say)
        except passing_time.CannotMove as error:
            raise Refused(str(error)) from error
    print(test_clock.shown(env.home()))
    return 0


def rehearse(options: argparse.Namespace) -> int:
    with installation():
        from kesher.project import rehearsing

        try:
            return rehearsing.run(options, print)
        except rehearsing.CannotAsk as error:
            raise Refused(str(error)) from error


def _rehearse_options(command: argparse.ArgumentParser) -> None:
    from kesher.project.rehearsing_options import options

    options(command)


def openapi(_options: argparse.Namespace) -> int:
    set_up_django()
    from kesher.project.reference import write_openapi

    say(f"wrote {write_openapi()}")
    return 0


def reference(options: argparse.Namespace) -> int:
    set_up_django()
    from kesher.project.reference import stale_pages, write_pages

    if not options.check:
        say(f"wrote {write_pages()} pages")
        return 0
    stale = stale_pages()
    for page in stale:
        say(f"{page} is stale: run `make docs`")
    return 1 if stale else 0


def django(options: argparse.Namespace) -> int:
    with installation():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["kesher django", *options.arguments])
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="kesher",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"kesher {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    def add(
        name: str, what: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(what=what)
        return made

    add("run", run, "Everything on one machine: database, web server, worker.")
    add("web", web, "Only the web server, for several machines on one PostgreSQL.")
    add("worker", worker, "Only the worker: plans, sends, carries out jobs. Any number of them.")
    add("migrate", migrate, "Bring the database's tables up to date.")
    add("doctor", doctor, "Look at everything that can be wrong, and say how to mend it.")
    back = add("backup", backup, "Write database, files and secret key into one file.")
    back.add_argument("file", type=Path, metavar="FILE", help="a .tar to write")
    again = add(
        "restore", restore, "Bring back a backup. The copy sends nothing until `kesher arm`."
    )
    again.add_argument("file", type=Path, metavar="FILE", help="a .tar that `kesher backup` wrote")
    again.add_argument("--force", action="store_true", help="replace what this installation holds")
    add("arm", arm, "Let a restored copy send.")
    add("demo", demo, "Load the demo workspace.")
    hands = add("clock", clock, "Show or move the test clock (KESHER_TEST_CLOCK=1).")
    hands.add_argument("move", nargs="?", choices=("advance", "to"), help="what to do with it")
    hands.add_argument("to", nargs="?", metavar="P25D | 2027-03-26T02:30", help="how far")
    _rehearse_options(
        add("rehearse", rehearse, "What would come of a journey with real people; nothing is sent.")
    )
    add("prepare", prepare, "What `run` does first: catalogues, tables, demo.")
    add("openapi", openapi, "Write docs/openapi.json.")
    pages = add("reference", reference, "Write the reference pages under docs/.")
    pages.add_argument("--check", action="store_true", help="only say which are stale")
    through = add("django", django, "Django's own commands: `kesher django shell`.")
    through.add_argument("arguments", nargs=argparse.REMAINDER)
    return top


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        env.check()
        return int(options.what(options))
    except (BadSetting, DatabaseFailed, Refused) as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
