"""Between the forms of the import steps and the domain: what was sent, and the choices with their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.accounts.models import Workspace
from kesher.contacts.channels import channel_label
from kesher.contacts.fields import FIELD_TYPES
from kesher.contacts.imports import mapping, plan
from kesher.contacts.imports.mapping import CUSTOM, NEW, SKIP, Entry
from kesher.contacts.models import ContactList, Import
from kesher.contacts.vocabulary import FieldInfo

COUNTRIES = ("IL", "US", "GB", "FR", "DE", "CA", "AU", "NL", "BE", "CH", "IT", "ES", "RU", "UA")


def targets(fields: Sequence[FieldInfo]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The groups of the select that says what a column becomes."""
    own = [(CUSTOM + info.key, str(info.label)) for info in fields if info.column is None]
    default = [(info.key, str(info.label)) for info in fields if info.column is not None]
    special = [(key, str(words)) for key, words in mapping.SPECIAL.items()]
    groups = [
        ("", [(SKIP, _("Do not import")), (NEW, _("New field…"))]),
        (_("Contact details"), [*default, *special]),
        (_("Your fields"), own),
    ]
    return [(title, entries) for title, entries in groups if entries]


def new_types() -> list[tuple[str, str]]:
    return [(key, str(FIELD_TYPES.get(key).label)) for key in mapping.NEW_TYPES]


def entries_of(row: Import) -> list[Entry]:
    return mapping.from_json(row.mapping)


def entries_from(sent: QueryDict, row: Import) -> list[Entry]:
    """The mapping as chosen; what was not sent stays."""
    return [_entry_from(sent, number, old) for number, old in enumerate(entries_of(row))]


def _entry_from(sent: QueryDict, number: int, old: Entry) -> Entry:
    to = sent.get(f"to-{number}", old.to)
    if to != NEW:
        return replace(old, to=to)
    label = sent.get(f"label-{number}", old.label or old.header).strip()[:120]
    kind = sent.get(f"type-{number}", old.type)
    return replace(old, to=to, label=label, type=kind if kind in mapping.NEW_TYPES else "text")


def purpose_from(sent: QueryDict, row: Import) -> plan.Options:
    chosen = plan.from_json(row.options)
    purpose = sent.get("purpose", chosen.purpose)
    return replace(chosen, purpose=purpose if purpose in plan.PURPOSES else plan.CONTACTS)


def reading_from(sent: QueryDict, row: Import) -> dict[str, Any] | None:
    """How to read the file anew, or None when that did not change."""
    encoding = sent.get("encoding", row.format["encoding"])
    sheet = sent.get("sheet", row.format["sheet"])
    headed = sent.get("has_header", "1" if row.format["has_header"] else "0") == "1"
    same = (encoding, sheet, headed) == tuple(
        row.format[key] for key in ("encoding", "sheet", "has_header")
    )
    return None if same else {"encoding": encoding, "sheet": sheet, "has_header": headed}


def options_from(sent: QueryDict, row: Import, workspace: Workspace) -> plan.Options:
    old = plan.from_json(row.options)
    wanted = [int(number) for number in sent.getlist("lists") if number.isdigit()]
    lists = ContactList.objects.filter(workspace=workspace, archived_at=None, pk__in=wanted)
    country = sent.get("country", old.country)
    return replace(
        old,
        update=sent.get("update", old.update),
        lists=tuple(lists.values_list("pk", flat=True)),
        consent=sent.get("consent", ""),
        channels=tuple(key for key in plan.CHANNELS if key in sent.getlist("channels")),
        statement=sent.get("statement", "").strip()[:2000],
        country=country if country in COUNTRIES else workspace.country,
    )


def with_list(chosen: plan.Options, list_id: int) -> plan.Options:
    return replace(chosen, lists=(*chosen.lists, list_id))


def channels() -> list[tuple[str, str]]:
    return [(key, str(channel_label(key))) for key in plan.CHANNELS]


def countries() -> list[tuple[str, str]]:
    names = {
        "IL": _("Israel"), "US": _("United States"), "GB": _("United Kingdom"), "FR": _("France"),
        "DE": _("Germany"), "CA": _("Canada"), "AU": _("Australia"), "NL": _("Netherlands"),
        "BE": _("Belgium"), "CH": _("Switzerland"), "IT": _("Italy"), "ES": _("Spain"),
        "RU": _("Russia"), "UA": _("Ukraine"),
    }  # fmt: skip
    return [(key, names[key]) for key in COUNTRIES]


def in_words(row: Import, chosen: plan.Options, lists: Sequence[str]) -> list[str]:
    """What pressing the button will do, sentence by sentence."""
    count = max(row.format["lines"] - row.format["row"] + 1, 1)
    if chosen.purpose == plan.BLOCKED:
        return [
            ngettext(
                "Up to %(n)s row will be read and its addresses blocked.",
                "Up to %(n)s rows will be read and their addresses blocked.",
                count,
            ) % {"n": f"{count:,}"},
            _("Contacts who have no other address go to the bin; nothing is ever sent to a blocked address."),
        ]  # fmt: skip
    first = ngettext(
        "Up to %(n)s person will be added or updated.",
        "Up to %(n)s people will be added or updated.",
        count,
    ) % {"n": f"{count:,}"}  # fmt: skip
    return [first, *_updating(chosen), *_joining(lists), *_agreeing(chosen)]


def _updating(chosen: plan.Options) -> list[str]:
    words = {
        plan.FILL: _("Of people already here, only what is missing is filled in."),
        plan.OVERWRITE: _("Of people already here, details are replaced by those of the file."),
        plan.SKIP_EXISTING: _("People already here stay as they are; they only join the lists."),
    }
    return [words[chosen.update]] if chosen.update in words else []


def _joining(lists: Sequence[str]) -> list[str]:
    if not lists:
        return [_("All of them will be in “All contacts”.")]
    names = ", ".join(f"“{name}”" for name in lists)
    return [_("All of them will be in “All contacts” and join %(lists)s.") % {"lists": names}]


def _agreeing(chosen: plan.Options) -> list[str]:
    if chosen.consent == plan.AGREED and chosen.channels:
        names = ", ".join(str(channel_label(key)) for key in chosen.channels)
        return [
            _("Their agreement to %(channels)s is recorded, except of those who refused.")
            % {"channels": names}
        ]
    if chosen.consent in (plan.CUSTOMERS, plan.UNKNOWN):
        return [_("No agreement is recorded: they get no advertising until they agree.")]
    return []
