"""What becomes of a contact's fields: set, add, subtract, multiply, reset, dates, copy, clear.

One format for links, journeys and the API. Importing this package registers every kind; another one is a
class in one of its files.
"""

# The order is that of the picker.
# isort: off
from kesher.contacts.changes import values  # noqa: F401
from kesher.contacts.changes import numbers  # noqa: F401
from kesher.contacts.changes import days  # noqa: F401
from kesher.contacts.changes.base import CHANGES, Change, ChangeKind, Known, Wrong, kinds_for
from kesher.contacts.changes.reading import BadChanges, known_of, read_changes, sift_changes
from kesher.contacts.changes.telling import changes_in_words, changes_schema, changes_vocabulary
from kesher.contacts.changes.writing import apply_changes, apply_each
# isort: on

__all__ = [
    "CHANGES",
    "BadChanges",
    "Change",
    "ChangeKind",
    "Known",
    "Wrong",
    "apply_changes",
    "apply_each",
    "changes_in_words",
    "changes_schema",
    "changes_vocabulary",
    "kinds_for",
    "known_of",
    "read_changes",
    "sift_changes",
]
