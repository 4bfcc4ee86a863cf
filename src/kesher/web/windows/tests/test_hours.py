"""The settings page of sending hours, as a shop owner uses it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from kesher.accounts.models import AuditEntry, Membership
from kesher.messages.actions import queue_message
from kesher.messages.models import SendingWindows
from kesher.messages.windows import moving
from kesher.messages.windows.actions import set_windows
from kesher.messages.windows.queries import windows_of
from kesher.messages.windows.settings import OFF, recommended, windows_of_json
from kesher.web.windows.picture import strips

PAGE = "/w/green-books/settings/hours/"
FRIDAY_NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


def test_it_is_off_until_one_click_turns_on_what_is_usual(
    signed_in: Client, workspace: Any
) -> None:
    assert not windows_of(workspace).is_on
    assert signed_in.get(PAGE).status_code == 200

    answer = signed_in.post(PAGE + "usual/", {"city": "haifa"}, follow=True)

    assert answer.status_code == 200
    kept = SendingWindows.objects.get(workspace_id=workspace.pk).settings
    assert kept == recommended("haifa")
    assert AuditEntry.objects.filter(action="workspace.windows_set").exists()
    signed_in.post(PAGE + "off/")
    assert SendingWindows.objects.get(workspace_id=workspace.pk).settings == OFF


def typed(**changes: str) -> dict[str, str]:
    """The form as it is sent: Sunday to Thursday for e-mail, the same for SMS, any hour for WhatsApp."""
    days = ("sun", "mon", "tue", "wed", "thu")
    hours = {f"email_{day}_from": "08:30" for day in days} | {
        f"email_{day}_to": "19:00" for day in days
    }
    return {
        "email_mode": "own", "sms_mode": "same", "whatsapp_mode": "any",
        **{f"email_{day}": "on" for day in days}, **hours,
        "rest": "on", "city": "tel_aviv", "candles": "", "after": "45",
        **changes,
    }  # fmt: skip


def test_what_is_typed_in_is_kept_and_shown_again(signed_in: Client, workspace: Any) -> None:
    assert signed_in.post(PAGE, typed(service="on")).status_code == 302

    kept = SendingWindows.objects.get(workspace_id=workspace.pk).settings
    week = {day: ["08:30", "19:00"] for day in ("sun", "mon", "tue", "wed", "thu")}
    assert kept == {
        "hours": {"email": week, "sms": week},
        "classes": ["advertising", "service"],
        "rest": {"city": "tel_aviv", "candles": 20, "after": 45},
    }
    page = signed_in.get(PAGE).content.decode()
    assert 'name="email_sun_from" value="08:30"' in page
    assert 'name="sms_mode" value="same" checked' in page
    assert 'name="whatsapp_mode" value="any" checked' in page


@pytest.mark.parametrize(
    "changes",
    [
        {f"email_{day}": "" for day in ("sun", "mon", "tue", "wed", "thu")},
        {"email_sun_from": ""},
        {"email_sun_to": "08:30"},
        {"candles": "many"},
        {"after": "9999"},
        {"city": "atlantis"},
    ],
)
def test_what_cannot_be_is_said_beside_its_place(
    signed_in: Client, workspace: Any, changes: dict[str, str]
) -> None:
    answer = signed_in.post(PAGE, typed(**changes))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not windows_of(workspace).is_on


def test_hours_may_be_typed_in_as_people_write_them(signed_in: Client, workspace: Any) -> None:
    signed_in.post(PAGE, typed(email_sun_from="8", email_mon_from="930", email_tue_to="24:00"))

    week = SendingWindows.objects.get().settings["hours"]["email"]
    assert (week["sun"][0], week["mon"][0], week["tue"][1]) == ("08:00", "09:30", "24:00")


def test_only_managers_set_the_hours(signed_in: Client, workspace: Any, owner: Any) -> None:
    Membership.objects.filter(user=owner).update(role="editor")

    assert signed_in.get(PAGE).status_code == 403
    assert signed_in.post(PAGE + "usual/").status_code == 403


def test_the_week_shows_shabbat_to_the_minute(signed_in: Client, workspace: Any) -> None:
    windows = windows_of_json(recommended(), "Asia/Jerusalem")

    days = strips(windows, "email", FRIDAY_NIGHT)

    friday, saturday, sunday = days[:3]
    assert "08:00–13:00" in friday.words
    assert "15:57" in friday.rest
    assert "18:16" in saturday.rest
    assert [bar.kind for bar in saturday.bars] == ["rest"]
    assert [bar.kind for bar in sunday.bars] == ["open"]
    assert friday.now
    assert not sunday.now
    assert len(days) == 7


@pytest.mark.parametrize("moment", ["2026-03-26T22:30", "2026-10-24T22:30", "2026-11-17T08:00"])
def test_the_page_is_there_on_nights_when_clocks_change(
    client: Client, owner: Any, workspace: Any, moment: str
) -> None:
    with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False):
        client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
        client.post(PAGE + "usual/")
        for channel in ("email", "sms", "nonsense"):
            answer = client.get(PAGE, {"channel": channel})
            assert answer.status_code == 200
            assert answer.content.decode().count('class="k-week-day"') == 7


def test_the_card_says_what_of_a_person_waits(
    signed_in: Client, access: Any, workspace: Any, noa: Any
) -> None:
    set_windows(access, settings=recommended(), now=FRIDAY_NIGHT)
    queue_message(
        workspace.pk, contact_id=noa.pk, version_id=1, source="api", source_id="x", now=FRIDAY_NIGHT,
        message_class="advertising", data={"subject": "הצעה לסופשבוע"},
    )  # fmt: skip
    card = f"{PAGE}of/{noa.pk}/"
    assert not signed_in.get(card).content.strip()

    windows = windows_of(workspace)
    moving.move_closed(workspace.pk, windows, channel="email", now=FRIDAY_NIGHT, at=FRIDAY_NIGHT)

    told = signed_in.get(card).content.decode()
    assert "הצעה לסופשבוע" in told
    assert "22.11, 08:00" in told
