"""`kesher doctor` tells what the watchdog of journeys found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.journeys.models import JourneyAlarm
from kesher.project import doctor


@pytest.mark.django_db
def test_the_doctor_tells_of_people_who_were_not_woken(workspace: Any, now: datetime) -> None:
    JourneyAlarm.objects.create(
        workspace_id=workspace.pk, journey_id=7, kind="missed", count=3, since=now, created_at=now
    )

    found = [one.what for one in doctor.journeys() if one.level == "worry"]

    assert any("journey 7: 3 people were not woken" in words for words in found)
