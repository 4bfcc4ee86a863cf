"""The arguments of `kesher rehearse`, apart from what it needs to run."""

from __future__ import annotations

import argparse
from pathlib import Path


def options(command: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    command.add_argument("journey", metavar="JOURNEY", help="its key or number")
    command.add_argument("--workspace", metavar="KEY", help="needed when there are several")
    who = command.add_mutually_exclusive_group(required=True)
    who.add_argument("--list", metavar="KEY", help="the people of a list")
    who.add_argument("--segment", metavar="KEY", help="the people of a segment")
    who.add_argument(
        "--contact", metavar="ID", type=int, action="append", help="one contact; may be repeated"
    )
    command.add_argument("--sample", metavar="N", type=int, help="at most so many of them (10,000)")
    command.add_argument("--period", metavar="P90D", default="P90D", help="how long")
    command.add_argument(
        "--version", metavar="N", type=int, help="a published version instead of the draft"
    )
    command.add_argument(
        "--compare-with", metavar="N", type=int, help="a version to compare it with"
    )
    command.add_argument("--open", metavar="PERCENT", type=float, help="of the mails are opened")
    command.add_argument(
        "--click", metavar="PERCENT", type=float, help="of the messages are clicked in"
    )
    command.add_argument(
        "--history", action="store_true", help="open and click as people did so far"
    )
    command.add_argument(
        "--triggers", action="store_true", help="people begin only as the triggers say"
    )
    command.add_argument(
        "--daily", metavar="N", type=int, help="tell who gets more messages than that on a day (2)"
    )
    command.add_argument("--json", action="store_true", help="print the whole result as JSON")
    command.add_argument(
        "--output", metavar="FILE", type=Path, help="write the whole result there, as JSON"
    )
