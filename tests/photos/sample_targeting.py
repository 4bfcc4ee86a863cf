"""A mail for several audiences at once: bands with a gap, a tag that nobody has, no neutral content."""

from __future__ import annotations

from typing import Any

from kesher.accounts.access import Access
from kesher.content.actions import create_document

_RATED = "שביעות-רצון"


def _text(number: str, words: str, rule: Any) -> dict[str, Any]:
    return {"id": number, "kind": "text", "html": f"<p>{words}</p>", "show_if": rule}


BODY = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "theme": {},
    "blocks": [
        {"id": "t", "kind": "heading", "text": "שלום [[first_name|חברים]], [[שם פרתי]]"},
        _text(
            "low",
            "נשמח לשמוע מה היה חסר. הנה ספר במתנה, ביום [[birthday:long|חג]].",
            {"field": _RATED, "op": "between", "value": [1, 2]},
        ),
        _text(
            "high",
            "תודה! ספרו עלינו לחברים ותקבלו שניהם 20%.",
            {"field": _RATED, "op": "gte", "value": 4},
        ),
        {
            "id": "c",
            "kind": "columns",
            "columns": [
                {
                    "blocks": [
                        _text(
                            "haifa",
                            "בסניף חיפה מחכה לכם קפה.",
                            {"field": "city", "op": "equals", "value": "חיפה"},
                        )
                    ]
                },
                {
                    "blocks": [
                        _text(
                            "quiet",
                            "התגעגענו!",
                            {
                                "all": [
                                    {"not": {"did": "message.opened", "within": "P90D"}},
                                    {
                                        "any": [
                                            {"consent": "email"},
                                            {"field": "email", "op": "is_set"},
                                        ]
                                    },
                                ]
                            },
                        )
                    ]
                },
            ],
        },
        {"id": "f", "kind": "footer"},
    ],
}


def add_targeting(access: Access) -> dict[str, int | str]:
    document = create_document(
        access, kind="email", name="ניוזלטר לפי מידת שביעות הרצון", body=BODY
    )
    return {"targeted": document.pk}
