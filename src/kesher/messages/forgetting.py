"""What messages forget of a person who asks to be forgotten: where they went and what was written to them.

That a message was sent stays, so that reports still add up.
"""

from kesher.contacts.privacy import FORGETS, Forgets

_OWN = (
    "SELECT m.id FROM message m WHERE m.workspace_id = %(workspace)s AND m.contact_id = %(contact)s"
)

MESSAGES = FORGETS.register(
    Forgets(
        "messages",
        (
            f"DELETE FROM local_message k WHERE k.workspace_id = %(workspace)s AND k.message_id IN ({_OWN})",
            f"DELETE FROM hit h WHERE h.message_id IN ({_OWN})",
            "UPDATE message SET address = '', data = NULL, reason_data = NULL"
            " WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
        ),
    )
)
