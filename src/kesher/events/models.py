"""Tables of the log. `event` is partitioned by month and made by SQL in the first migration.

An event names its contact only by id, so that the log knows nothing of contacts.
"""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """Something that happened to a contact. Append-only; never updated."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    kind = models.TextField(help_text="message.opened, list.joined, …: see the kinds registry")
    contact_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    source = models.TextField(default="", help_text="campaign, import, api, form, staff, …")
    data = models.JSONField(default=dict)
    depth = models.SmallIntegerField(default=0, help_text="how many journeys led to this")

    class Meta:
        db_table = "event"
        managed = False


class EventSource(models.Model):
    """One row for each outside event already recorded, so that a webhook told twice is one event."""

    pk = models.CompositePrimaryKey("workspace_id", "source", "source_id")
    workspace_id = models.BigIntegerField()
    source = models.TextField()
    source_id = models.TextField()
    event_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "event_source"


class EventListener(models.Model):
    """The event kinds that something in this workspace waits for; kept by those who wait."""

    pk = models.CompositePrimaryKey("workspace_id", "kind", "listener")
    workspace_id = models.BigIntegerField()
    kind = models.TextField()
    listener = models.TextField(help_text="journey:17, segment:3, …")

    class Meta:
        db_table = "event_listener"


class InboxEntry(models.Model):
    """An event that somebody listens to, still to be matched by that consumer. Deleted when matched."""

    workspace_id = models.BigIntegerField()
    consumer = models.TextField(
        default="journey", help_text="who is to read it: the word before a listener's colon"
    )
    event_id = models.BigIntegerField()
    event_at = models.DateTimeField()
    kind = models.TextField()
    contact_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "inbox"
        indexes = [
            models.Index(fields=["consumer", "workspace_id", "id"], name="inbox_by_consumer"),
            models.Index(fields=["workspace_id", "contact_id"], name="inbox_of_contact"),
        ]


class Counter(models.Model):
    """A running number on a screen. Spread over slots so that writers do not wait for each other."""

    pk = models.CompositePrimaryKey("workspace_id", "name", "slot")
    workspace_id = models.BigIntegerField()
    name = models.TextField(help_text="list.12, campaign.7.opened, …")
    slot = models.SmallIntegerField(default=0)
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "counter"
