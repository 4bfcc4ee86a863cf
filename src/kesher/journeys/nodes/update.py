"""Changing the contact: fields, lists. What this sets off carries the run's depth, so that loops are seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.acts import apply_acts
from kesher.contacts.changes import sift_changes
from kesher.journeys.kinds import NODES, Cohort, Go, Node, Outcome, Walker, WithPorts
from kesher.journeys.problems import Problem, of_rule
from kesher.journeys.settings import Setting, World
from kesher.rules.memory import entry_of

ACT_KEYS = ("add_to_lists", "remove_from_lists", "changes")
FROM_EVENT = "from_event"
GO = Go()


class Acts(WithPorts):
    """`from_event`: {field: entry of the event that started the run}, put into the field as it is."""

    tone = "moss"
    group = "data"
    by_sitting = True

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]:
        wanted = {key: node.given[key] for key in ACT_KEYS if node.given.get(key)}
        found = of_rule(world.acts(wanted, path)) if wanted else []
        given = node.given.get(FROM_EVENT)
        if given is not None and not (
            isinstance(given, dict) and all(isinstance(one, str) for one in given.values())
        ):
            text = _('fields and entries of the event are expected here, like {"score": "total"}')
            found.append(Problem("wrong_value", f"{path}.{FROM_EVENT}", text))
        elif given:
            changes = [{"field": key, "do": "clear"} for key in given]
            found.extend(of_rule(world.acts({"changes": changes}, f"{path}.{FROM_EVENT}")))
        if not wanted and not given:
            found.append(Problem("empty", path, _("nothing is changed here")))
        return found

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        sitting = cohort.sitting
        acts = sitting.acts(cohort.node.given, f"{cohort.version.id}.{cohort.node.key}")
        if acts.add_to_lists or acts.remove_from_lists:
            sitting.settle()
            for depth, walkers in cohort.by_depth().items():
                apply_acts(
                    sitting.workspace.pk,
                    contact_ids=[walker.contact_id for walker in walkers],
                    acts=replace(acts, changes=()),
                    now=sitting.now,
                    source="journey",
                    depth=depth,
                    about={"journey_id": cohort.version.journey_id},
                )
            sitting.known.forget_all()
        if acts.changes:
            sitting.put_off(cohort.walkers, acts.changes)
        if wanted := cohort.node.given.get(FROM_EVENT):
            _copy(cohort, wanted)
        return [GO] * len(cohort.walkers)


def _copy(cohort: Cohort, wanted: dict[str, str]) -> None:
    """Contacts whose events tell the same are changed together."""
    alike: dict[str, list[Walker]] = {}
    for walker in cohort.walkers:
        data = walker.data.get("event", {})
        values = {key: entry_of(data, entry) for key, entry in wanted.items()}
        alike.setdefault(json.dumps(values, sort_keys=True), []).append(walker)
    for told, walkers in alike.items():
        found: dict[str, Any] = json.loads(told)
        given = [
            {"field": key, "do": "set", "value": value}
            for key, value in found.items()
            if value is not None
        ]
        changes, _wrong = sift_changes(cohort.sitting.act_words.known, given)
        cohort.sitting.put_off(walkers, changes)


_ADD = Setting("add_to_lists", _("Add to lists"), "lists", help=_("does not change consent"))
_REMOVE = Setting("remove_from_lists", _("Remove from lists"), "lists")


class UpdateContact(Acts):
    key = "update_contact"
    label = _("Update contact")
    help = _("Set, add to or empty fields; join or leave lists")
    icon = "user-edit"
    settings = (
        Setting("changes", _("Changes"), "changes", help=_("in this order: reset a number first, then add to it")),
        Setting(
            FROM_EVENT, _("From the event's data"), "from_event",
            help=_("what the event told is put into the field as it is"),
        ),
        _ADD,
        _REMOVE,
    )  # fmt: skip


class AddToLists(Acts):
    key = "add_to_lists"
    label = _("Add to list")
    help = _("Joins the lists you choose")
    icon = "list-check"
    settings = (Setting("add_to_lists", _("Add to lists"), "lists", required=True),)


class RemoveFromLists(Acts):
    key = "remove_from_lists"
    label = _("Remove from list")
    help = _("Leaves the lists you choose")
    icon = "list-details"
    settings = (Setting("remove_from_lists", _("Remove from lists"), "lists", required=True),)


NODES.register(UpdateContact())
NODES.register(AddToLists())
NODES.register(RemoveFromLists())
