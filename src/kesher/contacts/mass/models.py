"""Tables of what is done to many. Kept for a week; then it cannot be taken back any more."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kesher.accounts.models import User, Work, Workspace


class MassAct(models.Model):
    """One act on a selection. `undoing` is the work that takes it back, once somebody asked for that."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, help_text="a key of contacts.mass.deeds, or export")
    data = models.JSONField(
        default=dict, help_text='{"list_id"} | {"changes"} | {"by"} | {"format", "language"}'
    )
    total = models.BigIntegerField(default=0)
    work = models.ForeignKey(Work, on_delete=models.SET_NULL, null=True, related_name="+")
    undoing = models.ForeignKey(Work, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "mass_act"


class MassPiece(models.Model):
    """A piece of a selection, in the order of ids. `before` is what the deed needs to take it back."""

    workspace_id = models.BigIntegerField()
    act_id = models.BigIntegerField()
    number = models.IntegerField()
    contact_ids = ArrayField(models.BigIntegerField())
    changed = models.IntegerField(default=0, help_text="how many of them the act changed")
    before = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mass_piece"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "act_id", "number"], name="mass_piece_number"
            )
        ]
