"""A person who asks to be forgotten is in no rehearsal: those they took part in go whole, for their samples name people."""

from kesher.contacts.privacy import FORGETS, Forgets

REHEARSALS = FORGETS.register(
    Forgets(
        "rehearsals",
        (
            "UPDATE rehearsal SET deleted_at = now(), result = '{}', plans = '{}' WHERE workspace_id = %(workspace)s"
            " AND id IN (SELECT rehearsal_id FROM rehearsal_person WHERE contact_id = %(contact)s)",
            "DELETE FROM rehearsal_person WHERE contact_id = %(contact)s",
        ),
    )
)
