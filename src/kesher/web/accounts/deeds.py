"""What the audit log says was done, in words; the log itself keeps stable keys."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEEDS: dict[str, Promise] = {
    "api_key.created": _("API key made"),
    "api_key.revoked": _("API key revoked"),
    "campaign.archived": _("Campaign archived"),
    "campaign.cancelled": _("Campaign cancelled"),
    "campaign.created": _("Campaign created"),
    "campaign.exported": _("People of a campaign exported"),
    "campaign.paused": _("Campaign paused"),
    "campaign.resumed": _("Campaign resumed"),
    "campaign.scheduled": _("Campaign scheduled"),
    "campaign.sent": _("Campaign sent"),
    "campaign.unscheduled": _("Campaign taken back to a draft"),
    "channel.chosen": _("Way of sending chosen"),
    "channel.deleted": _("Way of sending deleted"),
    "channel.saved": _("Way of sending saved"),
    "consent.granted": _("Consent written down"),
    "consent.withdrawn": _("Refusal written down"),
    "contact.data_exported": _("Everything about a person saved"),
    "contact.deleted": _("Contact deleted"),
    "contact.erased": _("Contact erased by law"),
    "contact.field_set": _("Field set for several contacts"),
    "contact.merged": _("Cards merged"),
    "contact.restored": _("Contact restored"),
    "contacts.exported": _("Contacts exported"),
    "document.archived": _("Mail archived"),
    "document.created": _("Mail written"),
    "document.duplicated": _("Mail copied"),
    "document.published": _("Mail published"),
    "document.restored": _("Mail restored"),
    "domain.added": _("Sending domain added"),
    "domain.deleted": _("Sending domain deleted"),
    "domain.switched_off": _("Signing switched off"),
    "domain.switched_on": _("Signing switched on"),
    "field.archived": _("Field archived"),
    "field.changed": _("Field changed"),
    "field.created": _("Field created"),
    "file.uploaded": _("Picture uploaded"),
    "import.removed": _("Import removed"),
    "import.started": _("Import started"),
    "list.archived": _("List archived"),
    "list.changed": _("List changed"),
    "list.created": _("List created"),
    "list.restored": _("List restored"),
    "member.invitation_withdrawn": _("Invitation withdrawn"),
    "member.invited": _("Somebody was invited"),
    "member.joined": _("Joined the team"),
    "member.removed": _("Left the team"),
    "member.role_changed": _("Role changed"),
    "message.queued": _("Mail sent through the API"),
    "message.tested": _("Test sent"),
    "note.changed": _("Note changed"),
    "note.deleted": _("Note deleted"),
    "segment.archived": _("Segment archived"),
    "segment.changed": _("Segment changed"),
    "segment.created": _("Segment created"),
    "segment.restored": _("Segment restored"),
    "suppression.added": _("Addresses blocked"),
    "suppression.lifted": _("Block lifted"),
    "work.cancelled": _("Background work cancelled"),
    "workspace.changed": _("Settings changed"),
    "workspace.created": _("Workspace opened"),
}


def in_words(action: str) -> str:
    """The key itself for an action that a newer version wrote."""
    return str(DEEDS.get(action, action))
