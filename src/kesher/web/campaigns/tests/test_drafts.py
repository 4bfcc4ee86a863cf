"""A draft's way to being sent, on the screen."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kesher.campaigns import actions
from kesher.messages.models import Message

pytestmark = pytest.mark.django_db
BROKEN = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "blocks": [{"id": "b1", "kind": "button", "text": "לחנות", "url": ""}],
}


def test_a_mail_that_cannot_be_compiled_is_neither_tried_nor_an_error_page(
    signed_in: Any, access: Any
) -> None:
    campaign = actions.create_campaign(access, name="חורף")
    campaign.document.body, campaign.document.subject = BROKEN, "חורף"
    campaign.document.save()
    here = [access.workspace.key, campaign.pk]

    answer = signed_in.post(reverse("campaign_test", args=here), {"to": "dana@shop.example"})

    assert answer.status_code == 302
    assert "הכפתור לא מוביל לשום מקום" in signed_in.get(answer["Location"]).content.decode()
    assert not Message.objects.exists()
