"""Texts of the photographed shop: an SMS in pieces in the editor, and one that a person got."""

from __future__ import annotations

from datetime import datetime

from kesher.accounts.access import Access
from kesher.channels.models import LocalMessage
from kesher.content.actions import create_document

BODY = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "blocks": [
        {"id": "t1", "kind": "sms_text", "text": "היי [[first_name|חברים]], שבוע הספר אצלנו!"},
        {
            "id": "t2",
            "kind": "sms_text",
            "text": "סניף הכרמל פתוח עד חצות, עם שעת סיפור לילדים.",
            "show_if": {"field": "city", "op": "equals", "value": "חיפה"},
        },
        {
            "id": "t3",
            "kind": "sms_text",
            "text": "1+1 על כל ספרי הקיץ: https://shop.example/summer",
            "join": "paragraph",
        },
    ],
}
NUMBER = "+972501239876"
GOT = (
    (
        "sms",
        "פרסומת: היי חברים, שבוע הספר אצלנו!\n\nהפרטים: http://127.0.0.1:8000/s/4hT9kQ2mX0000b",
    ),
    ("sms", "ההזמנה שלך מחכה בסניף הכרמל עד יום חמישי."),
    ("whatsapp", "שלום! הספר שחיפשת הגיע 📚 נשמור לך אותו עד שבת."),
)


def add_texts(access: Access, *, now: datetime) -> dict[str, int | str]:
    sms = create_document(access, kind="sms", name="שבוע הספר", body=BODY)
    whatsapp = create_document(access, kind="whatsapp", name="מועדון הקוראים", body=BODY)
    LocalMessage.objects.bulk_create(
        LocalMessage(
            workspace_id=access.workspace.pk,
            channel=channel,
            recipient=NUMBER,
            raw=text.encode(),
            received_at=now,
        )
        for channel, text in GOT
    )
    return {
        "sms_document": sms.pk,
        "whatsapp_document": whatsapp.pk,
        "number": NUMBER,
        "by_sms": "sms",
    }
