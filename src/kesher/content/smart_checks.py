"""What is wrong with the smart links of a document in its workspace, and what its writer may choose from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kesher.accounts.models import Workspace
from kesher.accounts.sites import host_of, is_own_site, own_hosts, shown
from kesher.contacts.acts import Acts, ActWords, act_words, acts_in_words, sift_acts
from kesher.contacts.changes import changes_vocabulary
from kesher.content.problems import ERROR, WARNING, Problem
from kesher.content.smart import LISTS, LONGEST_DAYS, REPEATS, is_nothing, smart_blocks, walked
from kesher.lib.bidi import isolated


def problems_of_smart(workspace: Workspace, body: Any) -> list[Problem]:
    """Of a document that parses. Lists and fields that are gone stop publishing."""
    blocks = smart_blocks(body.get("blocks"))
    if not blocks:
        return []
    words = act_words(workspace)
    found = [problem for key, smart in blocks.items() for problem in _of_block(key, smart, words)]
    return [*found, *_told_nowhere(workspace, body)]


def _told_nowhere(workspace: Workspace, body: Any) -> Iterator[Problem]:
    """Links that are to say who comes, but lead where nobody is told."""
    hosts = own_hosts(workspace, settings.BASE_URL)
    for block in walked(body.get("blocks")):
        url, host = str(block.get("url") or ""), host_of(str(block.get("url") or ""))
        asks = bool((block.get("smart") or {}).get("identify"))
        if not asks or not host or "[[" in url or is_own_site(url, hosts):
            continue
        yield Problem(
            f"blocks.{block['id']}.url",
            _("%(site)s is not told who comes: it is not among your sites (settings, sender).")
            % {"site": isolated(shown(host))},
            WARNING,
            block["id"],
            "identified_elsewhere",
        )


def _of_block(key: str, smart: dict[str, Any], words: ActWords) -> list[Problem]:
    _acts, wrong = read_smart(smart, words)
    return [
        Problem(
            f"blocks.{key}.{one.path}",
            _("The smart link: %(problem)s") % {"problem": one.words},
            WARNING if one.code == "both_ways" else ERROR,
            key,
            f"smart_{one.code}",
        )
        for one in wrong
    ]


def read_smart(smart: dict[str, Any], words: ActWords) -> tuple[Acts, tuple[Any, ...]]:
    """What a click does, and what of it cannot be done any more, paths from "smart" on."""
    return sift_acts(words, {key: smart.get(key, []) for key in LISTS}, path="smart")


def smart_in_words(smart: dict[str, Any], words: ActWords) -> str:
    """What a click does as a sentence, without what cannot be done; "" when nothing is left."""
    acts, _wrong = read_smart(smart, words)
    return "" if is_nothing(smart) else acts_in_words(acts)


def smart_vocabulary(workspace: Workspace, known: ActWords | None = None) -> dict[str, Any]:
    """What the inspector offers: lists, fields with what can be done to each, how often, for how long."""
    words = known or act_words(workspace)
    return {
        "lists": [{"key": one.key, "label": one.name} for one in words.lists],
        "fields": changes_vocabulary(words.known),
        "repeats": list(REPEATS),
        "longest_days": LONGEST_DAYS,
    }
