"""What was told of messages, by those who got them and by those who carried them.

`hits` come in raw, `digest` judges them by `classify` and sets facts; `unsubscribing` and `told` are the rest.
"""

from kesher.messages.receipts.digest import digest_hits
from kesher.messages.receipts.hits import NewHit, store_hits
from kesher.messages.receipts.told import record_bounce, record_complaint, record_delivered
from kesher.messages.receipts.unsubscribing import (
    Unsubscribed,
    choose_lists,
    resubscribe,
    unsubscribe,
)

__all__ = [
    "NewHit",
    "Unsubscribed",
    "choose_lists",
    "digest_hits",
    "record_bounce",
    "record_complaint",
    "record_delivered",
    "resubscribe",
    "store_hits",
    "unsubscribe",
]
