"""Tables of segments. A segment is its rule: nobody is "put in" one, so nothing of it is stored but counts.

Only the members of segments that something listens to are kept, to know who entered and who left.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import User, Workspace


class Segment(models.Model):
    """A rule under a name. `count` is as of `counted_at`: the last time somebody counted, not now."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="segments")
    key = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    rule = models.JSONField(default=dict)
    count = models.BigIntegerField(null=True, help_text="none: never counted")
    counted_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(
        null=True, help_text="when its kept members were last compared with the whole base"
    )
    revision = models.IntegerField(default=1, help_text="one more with every change")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "segment"
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="segment_key")]


class SegmentCount(models.Model):
    """How many were in a segment on a day, by the workspace's calendar."""

    pk = models.CompositePrimaryKey("workspace_id", "segment_id", "day")
    workspace_id = models.BigIntegerField()
    segment_id = models.BigIntegerField()
    day = models.DateField()
    count = models.BigIntegerField()

    class Meta:
        db_table = "segment_count"


class SegmentMember(models.Model):
    """Who was in a segment that something listens to, as of the last look."""

    pk = models.CompositePrimaryKey("workspace_id", "segment_id", "contact_id")
    workspace_id = models.BigIntegerField()
    segment_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "segment_member"
        indexes = [
            models.Index(fields=["workspace_id", "contact_id"], name="segment_member_contact")
        ]


class SegmentListener(models.Model):
    """Who wants to hear when somebody enters or leaves. `listener` reads "journey:17"."""

    pk = models.CompositePrimaryKey("workspace_id", "segment_id", "listener")
    workspace_id = models.BigIntegerField()
    segment_id = models.BigIntegerField()
    listener = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "segment_listener"
