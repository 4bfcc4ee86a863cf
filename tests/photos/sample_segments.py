"""Segments for the photographs: a long name with a long rule, one that cannot be read, one in the archive."""

from __future__ import annotations

from datetime import datetime

from kesher.accounts.access import Access
from kesher.segments.actions import archive_segment, create_segment
from kesher.segments.models import Segment

LONG = "כל מי שגרים בצפון, קנו אצלנו לפחות פעם אחת בשנה האחרונה, ועדיין לא שמעו על הסניף החדש בחיפה"


def add_segments(access: Access, now: datetime) -> dict[str, int | str]:
    haifa = {"field": "city", "op": "equals", "value": "חיפה"}
    used = Segment.objects.get(workspace=access.workspace, name="קוראים נאמנים")
    long = create_segment(
        access, name=LONG, now=now, description="Maximiliane von Württemberg-Hohenzollern asked for this",
        rule={"all": [
            {"any": [haifa, {"field": "city", "op": "contains", "value": "קריית"}, {"segment": used.key}]},
            {"not": {"any": [{"did": "message.clicked", "times": {"at_least": 3}, "within": "P1Y"}, {"consent": "whatsapp"}]}},
            {"field": "email", "op": "is_set"},
        ]},
    )  # fmt: skip
    empty = create_segment(
        access, name="מחר", rule={"field": "city", "op": "equals", "value": "אטלנטיס"}, now=now
    )
    broken = create_segment(access, name="לפי שדה שנמחק", rule=haifa, now=now)
    Segment.objects.filter(pk=broken.pk).update(rule={"field": "מועדון-ישן", "op": "is_set"})
    gone = create_segment(access, name="מבצע שעבר", rule=haifa, now=now)
    archive_segment(access, gone, now=now)
    return {
        "segment": used.pk, "segment_long": long.pk, "segment_empty": empty.pk,
        "segment_broken": broken.pk, "segment_archived": gone.pk,
    }  # fmt: skip
