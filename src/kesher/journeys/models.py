"""Tables of journeys: what is drawn, its immutable versions, who is on the way and the way they came.

`journey_run`, `journey_step` and `journey_entry` are hot: written in sets by SQL in `claims`, `ledger` and `starting`.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import User, Workspace


class Journey(models.Model):
    """A journey as its owner sees it. `draft` is the graph being drawn (FORMATS: Journey)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        LIVE = "live", _("live")
        PAUSED = "paused", _("paused")
        ARCHIVED = "archived", _("archived")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="journeys")
    key = models.CharField(max_length=60, help_text="slug in any language, unique in the workspace")
    name = models.CharField(_("name"), max_length=200)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    draft = models.JSONField(default=dict)
    revision = models.IntegerField(default=1, help_text="grows with each save of the draft")
    live_version = models.ForeignKey(
        "journeys.JourneyVersion", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    webhook_secret = models.CharField(max_length=80, default="", help_text="whsec_…")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "journey"
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="journey_key")]


class JourneyVersion(models.Model):
    """A graph as published. Immutable: runs stand in it until they end or are moved."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    graph = models.JSONField()
    messages = models.JSONField(
        default=dict,
        help_text='{node: {"version": content.Version id, "document": id, "mark": hash}}',
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "journey_version"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "journey", "number"], name="journey_version_number"
            )
        ]


class JourneyRun(models.Model):
    """One contact (or a narrower subject) in one journey: where it stands and what it waits for.

    `due_at` is when the engine takes it up: null while it only listens, is held, or has ended. `until` is what a
    wait was told; an event may make it due earlier.
    """

    class State(models.TextChoices):
        READY = "ready", _("about to move")
        SLEEPING = "sleeping", _("waiting for a time")
        LISTENING = "listening", _("waiting for something to happen")
        HELD = "held", _("waiting for the journey to go on")
        ASKED = "asked", _("waiting for somebody to decide")
        SKIPPING = "skipping", _("about to go on without what is too old")
        ENDED = "ended", _("ended")

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    subject = models.TextField(default="", help_text='"invoice:17", or empty for the contact')
    node = models.TextField()
    visit = models.IntegerField(default=1, help_text="the number of this step in the run")
    state = models.TextField(choices=State.choices, default=State.READY)
    woken = models.TextField(default="", help_text="event: something it listens to happened")
    due_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    listening = ArrayField(models.TextField(), help_text="the kinds of events that wake it")
    arrived_at = models.DateTimeField(help_text="at this node")
    mark = models.BigIntegerField(default=0, help_text="no event up to this id is awaited")
    message_id = models.BigIntegerField(null=True, help_text="the last message this run queued")
    depth = models.SmallIntegerField(default=1, help_text="how many journeys led to this one")
    data = models.JSONField(default=dict, help_text='{"event": {…}, "answers": {node: {…}}}')
    started_at = models.DateTimeField()
    goal_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", help_text="why it ended: a key of journeys.reasons")

    class Meta:
        db_table = "journey_run"
        managed = False


class JourneyStep(models.Model):
    """One node that a run has left. (run, visit) happens once: the key of every effect."""

    pk = models.CompositePrimaryKey("workspace_id", "run_id", "visit")
    workspace_id = models.BigIntegerField()
    run_id = models.BigIntegerField()
    visit = models.IntegerField()
    version_id = models.BigIntegerField()
    node = models.TextField()
    port = models.TextField(help_text="by which it left; empty when the run ended here")
    arrived_at = models.DateTimeField()
    at = models.DateTimeField()
    reason = models.TextField(default="")
    message_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "journey_step"
        managed = False


class JourneyEntry(models.Model):
    """Who has been in a journey, for the policies of coming back. None for journeys that anybody may enter always."""

    pk = models.CompositePrimaryKey("workspace_id", "journey_id", "contact_id", "subject")
    workspace_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    subject = models.TextField(default="")
    run_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    class Meta:
        db_table = "journey_entry"


class JourneyClock(models.Model):
    """When a trigger by date is next to be looked at, and how far through the contacts it is."""

    pk = models.CompositePrimaryKey("workspace_id", "journey_id", "trigger")
    workspace_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    trigger = models.IntegerField()
    next_at = models.DateTimeField()
    after_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "journey_clock"
        indexes = [models.Index(fields=["next_at"], name="journey_clock_next")]


class WebhookDelivery(models.Model):
    """A call out of a journey: written by the engine, made by a job, signed and tried again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    run_id = models.BigIntegerField()
    visit = models.IntegerField()
    node = models.TextField()
    url = models.TextField()
    body = models.TextField()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True, help_text="of the last answer")
    answer = models.TextField(default="", help_text="its beginning")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_delivery"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "run_id", "visit"], name="webhook_delivery_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(state="waiting"), name="webhook_delivery_due"
            )
        ]


class StaffAlert(models.Model):
    """Something that the staff is told: in the application, by e-mail and SMS where wanted.

    One that no journey tells has no `journey_id`; one about nobody in particular no `contact_id`.
    """

    class Trouble(models.TextChoices):
        NONE = "", ""
        NO_ACCOUNT = "no_account", _("not sent by SMS: the workspace has no SMS account")
        NO_NUMBER = "no_number", _("not sent by SMS: no number can be written to")

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    journey_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)
    visit = models.IntegerField(default=1, db_default=1)
    text = models.TextField()
    emails = models.JSONField(default=list, help_text="to whom it is mailed, too")
    mailed_at = models.DateTimeField(null=True)
    phones = ArrayField(
        models.TextField(),
        default=list,
        db_default=[],
        help_text="to whom it is texted, too: E.164",
    )
    texted_at = models.DateTimeField(null=True)
    trouble = models.TextField(choices=Trouble.choices, default="", db_default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_alert"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "run_id", "visit"], name="staff_alert_once"
            )
        ]
        indexes = [
            models.Index(fields=["workspace_id", "-id"], name="staff_alert_newest"),
            models.Index(
                fields=["id"], condition=models.Q(mailed_at=None), name="staff_alert_to_mail"
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(texted_at=None) & ~models.Q(phones=[]),
                name="staff_alert_to_text",
            ),
            models.Index(
                fields=["workspace_id"], condition=models.Q(read_at=None), name="staff_alert_unread"
            ),
            models.Index(fields=["workspace_id", "contact_id"], name="staff_alert_of_contact"),
        ]


class StaffTask(models.Model):
    """Something for a member of staff to do about a contact. One made by hand has no journey and no run."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    journey_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField()
    run_id = models.BigIntegerField(null=True)
    visit = models.IntegerField(default=1, db_default=1)
    title = models.TextField()
    notes = models.TextField(default="")
    assignee = models.TextField(default="", help_text="an e-mail of a member, empty for anybody")
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "staff_task"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "run_id", "visit"], name="staff_task_once"
            )
        ]
        indexes = [
            models.Index(fields=["workspace_id", "-id"], name="staff_task_newest"),
            models.Index(
                fields=["workspace_id", "due_at"],
                condition=models.Q(done_at=None),
                name="staff_task_open",
            ),
            models.Index(fields=["workspace_id", "contact_id"], name="staff_task_of_contact"),
        ]


class RecipeThing(models.Model):
    """What a recipe uses in a workspace: it is known by this, whatever people call it since."""

    class Kind(models.TextChoices):
        FIELD = "field"
        LIST = "list"
        JOURNEY = "journey"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    recipe = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=120, help_text="what the recipe calls it")
    object_id = models.BigIntegerField(help_text="the field, list or journey")
    choices = models.JSONField(default=dict, help_text="of a field: the recipe's choice → its key")

    class Meta:
        db_table = "recipe_thing"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "recipe", "kind", "name"], name="recipe_thing_once"
            )
        ]


class JourneyAlarm(models.Model):
    """What the watchdog found: people who should have moved and did not. One that is open for each journey and kind."""

    class Kind(models.TextChoices):
        LATE = "late", _("past due without moving")
        MISSED = "missed", _("not woken by what they waited for")

    workspace_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    kind = models.TextField(choices=Kind.choices)
    count = models.IntegerField()
    since = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="when it was found no more")
    mailed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "journey_alarm"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "journey_id", "kind"],
                condition=models.Q(ended_at=None),
                name="journey_alarm_open",
            )
        ]
        indexes = [
            models.Index(fields=["workspace_id", "-id"], name="journey_alarm_newest"),
        ]
