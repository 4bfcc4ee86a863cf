"""What journeys forget of a person who asks to be forgotten: that they walked stays, what was told of them does not."""

from kesher.contacts.privacy import FORGETS, Forgets

JOURNEYS = FORGETS.register(
    Forgets(
        "journeys",
        (
            "UPDATE journey_run SET data = '{}' WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
            "DELETE FROM webhook_delivery WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
            "DELETE FROM staff_alert WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
            "DELETE FROM staff_task WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
        ),
    )
)
