"""Tables of people: contacts, their fields, lists, consent and suppression, and imports.

All writes are in `actions` (and `imports`); all reads in `queries`. Default fields are columns;
custom ones are JSONB under the field's stable key, typed when written.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import User, Work, Workspace


class Contact(models.Model):
    """One person, known by e-mail, mobile or an outside id, each unique in the workspace while alive.

    Empty text, not null, is "not known" for the text columns: it keeps SQL short. `fields` holds custom
    values by field key, typed: text str, number as JSON number, date "2027-03-26", date-time RFC 3339 UTC,
    yes/no bool, single choice str (option key), multiple choice [str], rating int. An unknown value is absent.
    """

    class ConsentState(models.TextChoices):
        UNKNOWN = "", _("not asked")
        GRANTED = "granted", _("agreed")
        WITHDRAWN = "withdrawn", _("refused")

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="contacts", db_index=False
    )
    email = models.TextField(default="", blank=True, help_text="in lower case")
    mobile = models.TextField(default="", blank=True, help_text="E.164")
    external_id = models.TextField(default="", blank=True)
    first_name = models.TextField(default="", blank=True)
    last_name = models.TextField(default="", blank=True)
    phone = models.TextField(default="", blank=True, help_text="E.164")
    role = models.TextField(default="", blank=True)
    company = models.TextField(default="", blank=True)
    city = models.TextField(default="", blank=True)
    birthday = models.DateField(null=True, blank=True)
    notes = models.TextField(default="", blank=True)
    fields = models.JSONField(default=dict)
    language = models.TextField(
        default="", blank=True, help_text="he, en or empty for the workspace's"
    )
    # The latest state of `consent` rows; written only by contacts.consent.
    email_consent = models.TextField(default="", choices=ConsentState.choices)
    sms_consent = models.TextField(default="", choices=ConsentState.choices)
    whatsapp_consent = models.TextField(default="", choices=ConsentState.choices)
    email_bounced_at = models.DateTimeField(
        null=True, help_text="set when mail to it bounced for good"
    )
    source = models.TextField(default="", help_text="import, staff, api, form, …")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True, help_text="last sign of life: open, click, answer")
    deleted_at = models.DateTimeField(null=True, help_text="in the bin; purged after 30 days")

    class Meta:
        db_table = "contact"
        # Unique, search and sort indexes are made by SQL in the first migration: partial on
        # deleted_at IS NULL, trigrams. See migrations/0002_contact_indexes.py.


class Field(models.Model):
    """A custom field. `key` is stable and never renamed; `label` is what people see."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="contact_fields"
    )
    key = models.CharField(max_length=60, help_text="slug in any language, unique in the workspace")
    label = models.CharField(_("name"), max_length=120)
    type = models.CharField(max_length=20, help_text="a key of contacts.fields.FIELD_TYPES")
    options = models.JSONField(
        default=dict,
        help_text='choices [{"key", "label"}], rating {"max", "low", "high"}, number {"decimals"}',
    )
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "contact_field"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="contact_field_key")
        ]


class ContactList(models.Model):
    """A list. The built-in "all contacts" (`is_all`) has no membership rows: everybody is in it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="contact_lists")
    key = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    is_all = models.BooleanField(default=False)
    is_public = models.BooleanField(_("shown in the preference centre"), default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "contact_list"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="contact_list_key")
        ]


class ListMembership(models.Model):
    pk = models.CompositePrimaryKey("workspace_id", "list_id", "contact_id")
    workspace_id = models.BigIntegerField()
    list_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    joined_at = models.DateTimeField()
    source = models.TextField(default="")

    class Meta:
        db_table = "list_membership"
        indexes = [
            models.Index(fields=["workspace_id", "contact_id"], name="membership_by_contact")
        ]


class ConsentEvidence(models.Model):
    """What a consent rests on; shared by all the rows of one import or one form version.

    `data`: {"text", "form", "version", "ip", "agent", "file", "statement", …}, each optional.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    basis = models.CharField(
        max_length=24, help_text="form, import, staff, api, link, reply, complaint"
    )
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "consent_evidence"


class Consent(models.Model):
    """One change of one person's consent on one channel. Append-only; the newest row holds."""

    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    channel = models.TextField(help_text="email, sms, whatsapp")
    state = models.TextField(choices=Contact.ConsentState.choices)
    evidence_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True, help_text="the member of staff, if one did it")
    at = models.DateTimeField()

    class Meta:
        db_table = "consent"
        indexes = [
            models.Index(
                fields=["workspace_id", "contact_id", "channel", "-id"], name="consent_latest"
            )
        ]


class Suppression(models.Model):
    """An address never written to again on a channel. Outlives the contact: kept by salted hash."""

    class Reason(models.TextChoices):
        BLOCKED = "blocked", _("blocked by staff or a blocked list")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        BOUNCED = "bounced", _("address does not exist")
        COMPLAINED = "complained", _("marked as spam")
        ERASED = "erased", _("asked to be erased")

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="suppressions", db_index=False
    )
    channel = models.TextField(help_text="email, sms, whatsapp")
    address_hash = models.BinaryField(
        help_text="sha256(salt || normalised address): contacts.suppression"
    )
    address = models.TextField(default="", help_text="empty after erasure")
    reason = models.TextField(choices=Reason.choices)
    source = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "suppression"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "address_hash"], name="suppression_address"
            )
        ]


class Note(models.Model):
    """What staff wrote on a card."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="staff_notes")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "contact_note"


class Import(models.Model):
    """One file being brought in. States: uploaded, mapped, running, done, failed, cancelled."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="imports")
    work = models.ForeignKey(
        "accounts.Work", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name = models.CharField(max_length=255, help_text="the file's own name")
    path = models.CharField(max_length=300, help_text="in the data folder")
    size_bytes = models.BigIntegerField()
    format = models.JSONField(
        default=dict, help_text='{"kind", "encoding", "delimiter", "sheet", "header"}'
    )
    mapping = models.JSONField(
        default=list, help_text="one entry per column: see contacts.imports.mapping"
    )
    options = models.JSONField(
        default=dict,
        help_text='{"purpose", "update", "lists", "consent", "country"}: contacts.imports.plan',
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    position = models.JSONField(default=dict, help_text="where to go on after a stop")
    rows = models.BigIntegerField(default=0)
    created_count = models.BigIntegerField(default=0)
    updated_count = models.BigIntegerField(default=0)
    unchanged_count = models.BigIntegerField(default=0)
    refused_count = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contact_import"


class ImportRefusal(models.Model):
    """One row of a file that was not taken as it stood, and why."""

    workspace_id = models.BigIntegerField()
    import_id = models.BigIntegerField()
    row_number = models.BigIntegerField(help_text="1 is the first line of the file")
    column = models.TextField(default="")
    reason = models.TextField(help_text="a key of contacts.imports.reasons")
    value = models.TextField(default="")
    is_warning = models.BooleanField(
        default=False, help_text="the row was taken without this value"
    )
    row = models.JSONField(default=list, help_text="the cells as read, for the download")

    class Meta:
        db_table = "import_refusal"
        indexes = [
            models.Index(fields=["workspace_id", "import_id", "row_number"], name="refusal_by_row")
        ]


class ImportMapping(models.Model):
    """A mapping that staff saved to use again; recognised by the file's header."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    header_hash = models.CharField(max_length=64)
    mapping = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "import_mapping"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="import_mapping_name")
        ]


class MassAct(models.Model):
    """One act on a selection, kept for a week. `undoing` is the work that takes it back, once somebody asked for that."""

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
