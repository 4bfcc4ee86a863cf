"""What staff do with segments: save a rule under a name, change, copy and archive it; and who listens to one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.accounts.undo import offer_undo
from kesher.contacts.errors import Refused
from kesher.contacts.rules import vocabulary_of
from kesher.lib import sql
from kesher.lib.deadlocks import tried_again
from kesher.lib.slugs import make_key
from kesher.rules.parse import parse
from kesher.rules.tree import to_json
from kesher.segments import upkeep
from kesher.segments.following import tell_followers
from kesher.segments.models import Segment, SegmentListener

LONGEST_NAME, LONGEST_DESCRIPTION = 120, 300


def create_segment(
    access: Access, *, name: str, rule: Mapping[str, Any], description: str = "", now: datetime
) -> Segment:
    """Raises Refused for a name that is empty or taken, BadRule for a rule that cannot be read."""
    with transaction.atomic():
        tidy = _free_name(access.workspace, name)
        taken = set(
            Segment.objects.filter(workspace=access.workspace).values_list("key", flat=True)
        )
        made = Segment.objects.create(
            workspace=access.workspace, key=make_key(tidy, taken), name=tidy,
            description=description.strip()[:LONGEST_DESCRIPTION],
            rule=_tidy_rule(access.workspace, rule),
            created_by=access.user, created_at=now, updated_at=now,
        )  # fmt: skip
        access.audit("segment.created", made, made.name)
    return made


@tried_again
def update_segment(
    access: Access,
    segment: Segment,
    *,
    name: str | None = None,
    rule: Mapping[str, Any] | None = None,
    description: str | None = None,
    revision: int | None = None,
    now: datetime,
) -> Segment:
    """Change what is given; the key stays. Raises Refused and BadRule.

    `revision` is the one its writer saw: refused with the code "changed" when somebody was faster. Who is in
    the segment by its new rule has not "entered" it: nobody hears of them.
    """
    with transaction.atomic():
        row = Segment.objects.select_for_update().get(pk=segment.pk)
        if revision is not None and revision != row.revision:
            raise Refused(
                "",
                _("Somebody else changed this segment meanwhile: load it again."),
                code="changed",
            )
        if name is not None:
            row.name = _free_name(access.workspace, name, but=row.pk)
        if description is not None:
            row.description = description.strip()[:LONGEST_DESCRIPTION]
        before = row.rule
        if rule is not None:
            row.rule = _tidy_rule(access.workspace, rule, owner=row.key)
        row.revision += 1
        row.updated_at = now
        if row.rule != before:
            row.count = row.counted_at = None
        row.save()
        if row.rule != before:
            upkeep.rule_changed(access.workspace, row.key, now=now)
            tell_followers(access.workspace, row.key, now=now)
        access.audit("segment.changed", row, row.name)
    return row


def duplicate_segment(access: Access, segment: Segment, *, now: datetime) -> Segment:
    """The same rule under "Copy of …"."""
    name = _unlike(access.workspace, _("Copy of %(name)s") % {"name": segment.name})
    return create_segment(
        access, name=name, rule=segment.rule, description=segment.description, now=now
    )


def archive_segment(access: Access, segment: Segment, *, now: datetime) -> int:
    """Out of the pickers; what uses it goes on using it. Answers the id of the undo offered."""
    with transaction.atomic():
        Segment.objects.filter(pk=segment.pk, archived_at=None).update(archived_at=now)
        access.audit("segment.archived", segment, segment.name)
        return offer_undo(access, kind="segment.archived", data={"segment_id": segment.pk}).pk


def restore_segment(access: Access, segment: Segment, *, now: datetime) -> None:
    """Into use again; under a name with a number when the name was taken meanwhile."""
    with transaction.atomic():
        name = _unlike(access.workspace, segment.name, but=segment.pk)
        Segment.objects.filter(pk=segment.pk).update(archived_at=None, name=name, updated_at=now)
        access.audit("segment.restored", segment, name)


def hear(workspace_id: int, *, segment_id: int, listener: str, now: datetime) -> None:
    """From now on its members are kept, and entering and leaving are events. Who is in already did not enter."""
    with transaction.atomic():
        upkeep.lock(workspace_id)
        is_first = not SegmentListener.objects.filter(
            workspace_id=workspace_id, segment_id=segment_id
        ).exists()
        sql.execute(
            "INSERT INTO segment_listener (workspace_id, segment_id, listener, since)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (workspace_id, segment_id, listener, now),
        )
        if is_first:
            segment = Segment.objects.select_related("workspace").get(
                pk=segment_id, workspace_id=workspace_id
            )
            upkeep.begin(segment.workspace, segment, now=now)


def unhear(workspace_id: int, *, segment_id: int, listener: str) -> None:
    """When the last one stops listening, its members are forgotten."""
    with transaction.atomic():
        upkeep.lock(workspace_id)
        own = SegmentListener.objects.filter(workspace_id=workspace_id, segment_id=segment_id)
        own.filter(listener=listener).delete()
        if not own.exists():
            upkeep.end(workspace_id, segment_id)


def _tidy_rule(
    workspace: Workspace, rule: Mapping[str, Any], *, owner: str | None = None
) -> dict[str, Any]:
    """As `to_json` writes it. Raises BadRule, also for a rule that leads back to the segment itself."""
    return to_json(parse(rule, vocabulary_of(workspace), path="rule", owner=owner))


def _free_name(workspace: Workspace, name: str, but: int | None = None) -> str:
    """The name without odd spaces; the lock keeps two people from making the same segment at once."""
    tidy = " ".join(name.split())[:LONGEST_NAME]
    if not tidy:
        raise Refused("name", _("Give the segment a name."), code="required")
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    if tidy.casefold() in _names(workspace, but):
        raise Refused("name", _("There is already a segment of this name."), code="taken")
    return tidy


def _names(workspace: Workspace, but: int | None) -> set[str]:
    others = Segment.objects.filter(workspace=workspace, archived_at=None).exclude(pk=but or 0)
    return {name.casefold() for name in others.values_list("name", flat=True)}


def _unlike(workspace: Workspace, name: str, but: int | None = None) -> str:
    taken, found, number = _names(workspace, but), name[:LONGEST_NAME], 2
    while found.casefold() in taken:
        found, number = f"{name[: LONGEST_NAME - 6]} ({number})", number + 1
    return found
