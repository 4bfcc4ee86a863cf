"""What is decided without a network: reasons, outcomes, the journal."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kesher.channels.outgoing import Accepted, Delivered, InDoubt, Outcome, Rejected
from kesher.messages.eligibility import CHECKS
from kesher.messages.journal import Journal, orphans
from kesher.messages.reasons import REASONS, in_words
from kesher.messages.results import BACKOFF, is_address_unknown, result_of

AT = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)


def test_every_check_has_its_reason_in_words() -> None:
    assert [check.reason for check in CHECKS if check.reason not in REASONS] == []
    assert in_words("of another version")


@pytest.mark.parametrize(
    ("code", "text", "enhanced", "expected"),
    [
        (550, "5.1.1 no such user", "5.1.1", True),
        (550, "5.2.1 mailbox disabled", "5.2.1", True),
        (550, "5.1.10 recipient not found", "5.1.10", True),
        (550, "5.7.1 user unknown to our policy", "5.7.1", False),
        (552, "5.2.2 mailbox full", "5.2.2", False),
        (550, "User unknown", "", True),
        (550, "Recipient address rejected: mailbox does not exist", "", True),
        (550, "No such user here", "", True),
        (550, "Message looks like spam", "", False),
        (554, "user unknown", "", False),
    ],
)
def test_only_what_says_so_condemns_an_address(
    code: int, text: str, enhanced: str, expected: bool
) -> None:
    assert is_address_unknown(Rejected(1, True, code, text, enhanced)) is expected


def test_what_may_pass_is_tried_ever_later_and_then_given_up() -> None:
    deferred = Rejected(1, False, 451, "later")

    results = [
        result_of(deferred, address="a@b.example", attempts=tries, at=AT)
        for tries in range(len(BACKOFF) + 1)
    ]

    assert [result.due_at and result.due_at - AT for result in results] == [*BACKOFF, None]
    assert (results[-1].status, results[-1].reason) == ("failed", "kept_deferring")
    assert list(BACKOFF) == sorted(BACKOFF)


def test_doubt_ends_as_unknown_and_an_account_problem_never() -> None:
    doubt = result_of(InDoubt(1, "gone"), address="a@b.example", attempts=len(BACKOFF), at=AT)
    account = result_of(
        Rejected(1, False, 535, "no", "", True), address="a@b.example", attempts=99, at=AT
    )

    assert (doubt.status, account.status) == ("unknown", "queued")


def test_a_journal_is_read_only_after_its_owner_is_gone(tmp_path: Path) -> None:
    outcomes: list[Outcome] = [
        Delivered(1),
        Rejected(2, True, 550, "לא", "5.1.1"),
        InDoubt(3, "gone"),
        Accepted(5),
    ]
    journal = Journal(tmp_path)
    journal.hold(7, [1, 2, 3, 4, 5], AT)
    for outcome in outcomes:
        journal.outcome(7, outcome, f"p{outcome.message_id}@example.com", AT)

    assert list(orphans(tmp_path)) == []

    journal._file = _let_go(journal)
    (_path, remains), *more = orphans(tmp_path)
    assert more == []
    assert remains.held == {7: {4}}
    assert remains.lease == AT
    assert [known.outcome for known in remains.outcomes[7]] == [
        Delivered(1, ""),
        *outcomes[1:],
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_journal_knows_the_size_of_a_text(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.outcome(7, Delivered(1), "+972501234567", AT, (3, 4))
    journal.outcome(7, Delivered(2), "a@b.example", AT)
    _let_go(journal)

    (_path, remains), *_more = orphans(tmp_path)

    found = [(known.address, known.size) for known in remains.outcomes[7]]
    assert found == [("+972501234567", (3, 4)), ("a@b.example", None)]


def test_a_line_cut_short_by_a_kill_is_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.hold(7, [1, 2], AT)
    journal.outcome(7, Delivered(1), "a@b.example", AT)
    cut = b'["delivered", 7, "2026-11-1'
    journal._map[journal._used : journal._used + len(cut)] = cut
    _let_go(journal)

    (_path, remains), *_more = orphans(tmp_path)

    assert remains.held == {7: {2}}


def test_a_journal_grows_and_is_emptied(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.hold(7, [1], AT)
    journal.empty()
    for number in range(6000):
        journal.outcome(7, Delivered(number), "a-rather-long-address@books.example", AT)
    _let_go(journal)

    (_path, remains), *_more = orphans(tmp_path)

    assert [known.outcome.message_id for known in remains.outcomes[7]] == list(range(6000))
    assert remains.held == {}


def _let_go(journal: Journal) -> int:
    """What a kill does: the lock goes, the file stays."""
    journal._map.close()
    os.close(journal._file)
    return -1
