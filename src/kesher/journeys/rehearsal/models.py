"""Rehearsals as they are kept: what was asked, what came of it, and each person's way. They expire."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from kesher.accounts.models import User, Work, Workspace
from kesher.journeys.models import Journey

KEPT = timedelta(days=30)


class Rehearsal(models.Model):
    """`result` is as `telling.tell` says; empty before it is done. `graph` is what was rehearsed."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="rehearsals")
    work = models.OneToOneField(Work, on_delete=models.SET_NULL, null=True, related_name="+")
    asked = models.JSONField(default=dict, help_text="the wishes")
    audience = models.CharField(max_length=300, blank=True, help_text="who, in words")
    graph = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    plans = models.JSONField(default=dict, help_text="{version id: the render plan of its mail}")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, help_text="the sweep takes it")

    class Meta:
        db_table = "rehearsal"
        indexes = [models.Index(fields=["workspace", "journey", "-id"], name="rehearsal_newest")]


class Person(models.Model):
    """What one contact went through.

    `way`: [node, port, arrived, left or null, reason, number of the run]; `messages`: [journey, node, channel,
    at, reason it was refused, version, subject of its own, values of the plan or the text itself, units, when it was due
    if it waited for the sending hours].
    """

    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="people")
    contact_id = models.BigIntegerField()
    way = models.JSONField(default=list)
    messages = models.JSONField(default=list)

    class Meta:
        db_table = "rehearsal_person"
        constraints = [
            models.UniqueConstraint(
                fields=["rehearsal", "contact_id"], name="rehearsal_person_once"
            )
        ]
        indexes = [models.Index(fields=["contact_id"], name="rehearsal_of_contact")]
