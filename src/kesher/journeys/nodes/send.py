"""Sending: a row in `message` for each, under the visit's own key. Whether and when it leaves is asked at sending."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kesher.journeys.counting import source_id_of
from kesher.journeys.kinds import NODES, Cohort, Go, Node, Outcome, WithPorts
from kesher.journeys.problems import Problem
from kesher.journeys.settings import Choice, Setting, World
from kesher.messages.actions import queue_messages
from kesher.messages.models import MessageClass

# Lower first: a reply to the person's own act, what it calls for, journeys, campaigns.
PRIORITIES = {"reply": 10, "transactional": 20}
PRIORITY = 40
_CLASSES = tuple(Choice(key, label) for key, label in MessageClass.choices)
_CLASS = Setting(
    "message_class",
    _("Kind of message"),
    "choice",
    default="advertising",
    choices=_CLASSES,
    help=_("advertising goes only to those who agreed, and waits for a good hour"),
)
_ONLY_IF = Setting(
    "only_if", _("Only if, at the moment of sending"), "rule",
    help=_("asked again just before it leaves; otherwise it is not sent"),
)  # fmt: skip
_DOCUMENT = Setting("document", _("Message"), "document", required=True)


class Send(WithPorts):
    tone = "blue"
    group = "send"
    channel = "email"

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]:
        if not node.given.get("document"):
            return ()
        return list(world.document(node.given, self.channel, path))

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        if cohort.sitting.skips_sends:
            return [SKIPPED] * len(cohort.walkers)
        node, given = cohort.node, cohort.node.given
        version_id = cohort.version.messages[node.key]
        message_class = given.get("message_class") or "advertising"
        ids = {
            walker.run_id: source_id_of(walker.journey_id, node.key, walker.run_id, walker.visit)
            for walker in cohort.walkers
        }
        queued = queue_messages(
            cohort.sitting.workspace.pk,
            contacts={ids[walker.run_id]: walker.contact_id for walker in cohort.walkers},
            version_id=version_id,
            source="journey",
            message_class=message_class,
            channel=self.channel,
            priority=PRIORITIES.get(message_class, PRIORITY),
            now=cohort.sitting.now,
            data={key: given[key] for key in SENDER if given.get(key)} or None,
        )
        for walker in cohort.walkers:
            walker.message_id = queued.get(ids[walker.run_id], walker.message_id)
        return [GO] * len(cohort.walkers)


GO, SKIPPED = Go(), Go(reason="too_old")
SENDER = ("sender_name", "sender_email", "reply_to")


class SendEmail(Send):
    key = "send_email"
    label = _("Send e-mail")
    help = _("A mail made here; only those who may get it do")
    icon = "mail"
    settings = (
        Setting("subject", _("Subject"), "text", required=True),
        Setting(
            "preheader",
            _("Preview text"),
            "text",
            help=_("shown after the subject in the list of mails"),
        ),
        _DOCUMENT,
        _CLASS,
        _ONLY_IF,
        Setting(
            "sender_name", _("Sender name"), "text", help=_("empty: the sender of the workspace")
        ),
        Setting(
            "sender_email", _("Sender address"), "text", help=_("of a domain that was verified")
        ),
        Setting("reply_to", _("Reply-to address"), "text", help=_("empty: the sender’s address")),
    )


class SendSms(Send):
    key = "send_sms"
    label = _("Send SMS")
    help = _("A short text; its parts are counted as you write")
    icon = "message"
    tone = "plum"
    channel = "sms"
    settings = (_DOCUMENT, _CLASS, _ONLY_IF)


class SendWhatsapp(Send):
    key = "send_whatsapp"
    label = _("Send WhatsApp")
    help = _("A text on WhatsApp")
    icon = "brand-whatsapp"
    tone = "moss"
    channel = "whatsapp"
    settings = (_DOCUMENT, _CLASS, _ONLY_IF)


NODES.register(SendEmail())
NODES.register(SendSms())
NODES.register(SendWhatsapp())
