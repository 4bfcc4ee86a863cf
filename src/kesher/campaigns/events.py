"""Campaigns record no kinds of their own: what happens to a contact happens to a message (messages.events)."""

SOURCE = "campaign"
