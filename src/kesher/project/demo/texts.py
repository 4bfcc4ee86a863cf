"""The SMS campaign of the demo: its pieces, and who followed its link."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from kesher.accounts.access import Access
from kesher.campaigns.models import Campaign
from kesher.lib import clock
from kesher.messages import receipts
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit
from kesher.project.demo.words import Story

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


def in_pieces(body: dict[str, Any], story: Story) -> dict[str, Any]:
    """The body of a text in pieces, each for whom it is meant."""
    blocks = [
        {"id": f"t{number}", "kind": "sms_text", "text": text, "show_if": rule}
        for number, (text, rule) in enumerate(story.pieces)
    ]
    return {**body, "blocks": blocks}


def click(access: Access, campaign: Campaign, chance: random.Random, at: datetime) -> None:
    """Some follow the link of a text: nobody tells whether it was opened."""
    sent = Message.objects.filter(
        workspace_id=access.workspace.pk,
        source="campaign",
        source_id=str(campaign.pk),
        status="sent",
    ).order_by("pk")
    hits = [
        NewHit(
            "click",
            number,
            at + timedelta(minutes=chance.randint(1, 600)),
            0,
            "192.0.2.10",
            PHONE,
        )
        for number in sent.values_list("pk", flat=True)
        if chance.random() < 0.14
    ]
    receipts.store_hits(sorted(hits, key=lambda hit: hit.at))
    while receipts.digest_hits(clock.now()):
        pass
