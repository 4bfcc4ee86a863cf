"""The numbers of a report and who is behind each: as a condition over messages, and as a rule for a segment.

Also what campaigns add to the language of rules: each one that was sent can be named, so that "opened the campaign
X" is a condition like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import Workspace
from kesher.campaigns.events import SOURCE
from kesher.campaigns.models import Campaign
from kesher.contacts.rules import RULE_WORDS, RuleWords
from kesher.rules import vocabulary as words


def message_key(campaign_id: int) -> str:
    """What a rule calls the campaign's message. Stored in rules: never renamed."""
    return f"campaign-{campaign_id}"


def _messages(workspace: Workspace) -> Iterable[words.Message]:
    """Newest first, deleted ones too: a stored rule goes on working."""
    sent = Campaign.objects.filter(workspace=workspace, started_at__isnull=False)
    for number, name in sent.order_by("-started_at").values_list("pk", "name"):
        match = {"source": SOURCE, "source_id": str(number)}
        yield words.Message(message_key(number), name, match)


CAMPAIGN_WORDS = RULE_WORDS.register(RuleWords("campaigns", ("campaign",), messages=_messages))


@dataclass(frozen=True)
class Facet:
    """A number of the report, the condition over `message m` that its people meet, and the event that tells of it.

    `but_not`: an event that must not have come. Without `event` no segment can be made of it. `event_of_text`: what
    tells of it in place of both when it is no mail.
    """

    key: str
    label: str | Promise
    where: str
    at: str = "m.sent_at"
    event: str = ""
    but_not: str = ""
    event_of_text: str = ""

    def rule(self, campaign_id: int, *, channel: str = "email") -> dict[str, Any] | None:
        """The same people as a rule, None when the log of events does not tell."""
        if not self.event:
            return None
        key = message_key(campaign_id)
        if self.event_of_text and channel != "email":
            return _did(self.event_of_text, key)
        found: dict[str, Any] = _did(self.event, key)
        if self.but_not:
            found = {"all": [found, {"not": _did(self.but_not, key)}]}
        return found


def _did(kind: str, message: str) -> dict[str, Any]:
    return {"did": kind, "where": {"message": message}}


_TROUBLE = (
    "(m.bounced_at IS NOT NULL OR m.complained_at IS NOT NULL OR m.unsubscribed_at IS NOT NULL"
    " OR m.status IN ('refused', 'failed', 'unknown', 'held')) AND "
)
FACETS: Mapping[str, Facet] = {
    facet.key: facet
    for facet in (
        Facet("planned", _("In the audience"), "true", "m.queued_at"),
        Facet("waiting", _("Waiting"), "m.status IN ('queued', 'sending')", "m.queued_at"),
        Facet("sent", _("Sent"), "m.status = 'sent'", event="message.sent"),
        Facet(
            "delivered",
            _("Delivered"),
            "m.delivered_at IS NOT NULL AND m.bounced_at IS NULL",
            "m.delivered_at",
            "message.sent",
            "message.bounced",
            "message.delivered",
        ),
        Facet("opened", _("Opened"), "m.opened_at IS NOT NULL", "m.opened_at", "message.opened"),
        Facet(
            "not_opened",
            _("Did not open"),
            "m.sent_at IS NOT NULL AND m.opened_at IS NULL",
            event="message.sent",
            but_not="message.opened",
        ),
        Facet(
            "clicked", _("Clicked"), "m.clicked_at IS NOT NULL", "m.clicked_at", "message.clicked"
        ),
        Facet(
            "not_clicked",
            _("Did not click"),
            "m.sent_at IS NOT NULL AND m.clicked_at IS NULL",
            event="message.sent",
            but_not="message.clicked",
        ),
        Facet(
            "unsubscribed",
            _("Unsubscribed"),
            _TROUBLE + "m.unsubscribed_at IS NOT NULL",
            "m.unsubscribed_at",
            "message.unsubscribed",
        ),
        Facet(
            "bounced",
            _("Bounced"),
            _TROUBLE + "m.bounced_at IS NOT NULL",
            "m.bounced_at",
            "message.bounced",
        ),
        Facet(
            "complained",
            _("Marked as spam"),
            _TROUBLE + "m.complained_at IS NOT NULL",
            "m.complained_at",
            "message.complained",
        ),
        Facet(
            "refused",
            _("Not sent"),
            _TROUBLE + "m.status = 'refused'",
            "m.queued_at",
            "message.refused",
        ),
        Facet(
            "failed",
            _("Could not be sent"),
            _TROUBLE + "m.status IN ('failed', 'unknown')",
            "m.queued_at",
        ),
        Facet(
            "machine_opened",
            _("Opened by a machine"),
            "m.machine_opened_at IS NOT NULL",
            "m.machine_opened_at",
        ),
    )
}
# What a text message tells nothing of.
_MAIL_ONLY = ("opened", "not_opened", "bounced", "complained", "machine_opened")


def facets_of(channel: str) -> list[Facet]:
    """What can be asked about a campaign on this channel."""
    return [
        facet
        for facet in FACETS.values()
        if not (channel != "email" and facet.key in _MAIL_ONLY)
        and not (channel == "email" and facet.key == "not_clicked")
    ]


def refused_where(reason: str) -> str:
    """Over `message m`, by index; the reason is the parameter `reason`."""
    return _TROUBLE + "m.reason = %(reason)s" if reason else "true"
