"""What journeys forget of a person who asks to be forgotten: that they walked stays, what was told of them does not."""

from kesher.contacts.privacy import FORGETS, Forgets

# An alert by SMS names the person; its message goes to the staff and knows no contact.
_TEXTED = """
SELECT m.id FROM message m JOIN staff_alert a
  ON a.workspace_id = m.workspace_id AND a.id::text = split_part(m.source_id, '.', 1)
WHERE m.workspace_id = %(workspace)s AND m.source = 'alert' AND a.contact_id = %(contact)s
"""

JOURNEYS = FORGETS.register(
    Forgets(
        "journeys",
        (
            "UPDATE journey_run SET data = '{}' WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
            "DELETE FROM webhook_delivery WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
            f"DELETE FROM local_message k WHERE k.workspace_id = %(workspace)s AND k.message_id IN ({_TEXTED})",
            f"UPDATE message SET data = NULL WHERE workspace_id = %(workspace)s AND id IN ({_TEXTED})",
            "DELETE FROM staff_alert WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
            "DELETE FROM staff_task WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
        ),
    )
)
