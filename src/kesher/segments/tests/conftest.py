"""What tests of segments share: people in Haifa, and a way to make a segment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from kesher.segments.actions import create_segment
from kesher.segments.models import Segment

HAIFA = {"field": "city", "op": "equals", "value": "חיפה"}
Make = Callable[..., Segment]


@pytest.fixture
def make(access: Any, now: datetime) -> Make:
    def segment(name: str = "חיפאים", rule: dict[str, Any] = HAIFA) -> Segment:
        return create_segment(access, name=name, rule=rule, now=now)

    return segment
