from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from kesher.accounts.models import Membership, UndoEntry, User, Workspace
from kesher.accounts.undo import apply_undo
from kesher.contacts import actions, lists
from kesher.contacts.custom_fields import create_field
from kesher.contacts.models import Contact, ContactList, Field, MassAct, Note, Suppression
from kesher.contacts.suppression import suppress
from kesher.events import counters

BASE = "/w/green-books/contacts/"
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def vip(access: Any) -> ContactList:
    return lists.create_list(access, name="לקוחות VIP")


@pytest.fixture
def everybody(access: Any, noa: Any, dan: Any, yael: Any, oren: Any) -> list[Contact]:
    counters.add(access.workspace.pk, {"contacts": 4})
    return [noa, dan, yael, oren]


@pytest.fixture
def stranger_contact(now: datetime) -> Contact:
    other = Workspace.objects.create(key="others", name="אחרים")
    return Contact.objects.create(
        workspace=other, first_name="זר", email="z@example.com", created_at=now, updated_at=now
    )


def test_an_empty_workspace_says_what_contacts_are(signed_in: Client, workspace: Any) -> None:
    page = signed_in.get(BASE).content.decode()

    assert "k-empty" in page
    assert "contact-rows" not in page


def test_the_table_shows_searches_and_filters(signed_in: Client, everybody: list[Contact]) -> None:
    def names(query: str) -> set[str]:
        page = signed_in.get(f"{BASE}?{query}", **HX).content.decode()
        return {c.first_name for c in everybody if f">{c.first_name}" in page}

    assert names("") == {"נועה", "דן", "יעל", "אורן"}
    assert names("q=נוע") == {"נועה"}
    assert names("q=נו") == {"נועה"}
    assert names("q=נֹעָה") == set()
    assert names("q=נוֹעָה כהן") == {"נועה"}
    assert names("q=050-123") == {"נועה"}
    assert names("q=0501234567") == {"נועה"}
    assert names("q=%2B972 50-123") == {"נועה"}
    assert names("q=EXAMPLE.com") == {"נועה", "דן", "יעל", "אורן"}
    assert names("q=50%25") == set()
    assert names("email=withdrawn") == {"דן"}
    assert names("sms=unknown") == {"דן", "יעל", "אורן"}
    assert names("problem=bounced") == {"אורן"}
    assert names("reach=-mobile") == {"יעל", "אורן"}
    assert names("field=city&op=contains&value=חי") == {"נועה"}
    assert names("field=city&op=unset") == {"דן", "יעל", "אורן"}
    assert names("from=2026-11-17&until=2026-11-17") == {"נועה", "דן", "יעל", "אורן"}
    assert names("until=2026-11-16") == set()
    assert names("list=abc&sort=zzz&after=zzz") == {"נועה", "דן", "יעל", "אורן"}


def test_nobody_matching_is_not_nobody_at_all(signed_in: Client, everybody: list[Contact]) -> None:
    page = signed_in.get(f"{BASE}?q=אין כזה").content.decode()

    assert "k-none" in page
    assert "k-empty" not in page


@pytest.mark.parametrize("sort", ["", "oldest", "name", "-name", "activity"])
def test_pages_go_on_where_the_last_ended(
    signed_in: Client, access: Any, now: datetime, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kesher.web.contacts import table

    monkeypatch.setattr(table, "ROWS", 4)
    for n in range(11):
        made = actions.create_contact(
            access, values={"first_name": "אבא"[: n % 3], "email": f"c{n}@example.com"}, now=now
        )
        if n % 2:
            Contact.objects.filter(pk=made.pk).update(active_at=now.replace(hour=n % 3))
    seen: list[int] = []
    after = ""
    for _page in range(4):
        response = signed_in.get(BASE, {"sort": sort, "after": after}, **HX)
        seen += [row.id for row in response.context["page"].rows]
        after = response.context["page"].after
        if not after:
            break

    assert len(seen) == 11
    assert len(set(seen)) == 11


def test_what_is_done_to_many_is_taken_back(
    signed_in: Client, access: Any, everybody: list[Contact], vip: ContactList
) -> None:
    noa, dan, *_ = everybody
    chosen = {"ids": [noa.pk, dan.pk], "list": vip.pk}
    for do, check in [
        (
            "join",
            lambda: counters.read(access.workspace.pk, [f"list.{vip.pk}"])[f"list.{vip.pk}"] == 2,
        ),
        ("delete", lambda: Contact.objects.filter(deleted_at=None).count() == 2),
    ]:
        assert signed_in.post(f"{BASE}bulk/", {**chosen, "do": do}).status_code == 302
        assert check()
        apply_undo(access, UndoEntry.objects.latest("pk").pk)
        assert not check()


def test_all_that_match_means_the_search_not_the_page(
    signed_in: Client, access: Any, everybody: list[Contact], vip: ContactList
) -> None:
    signed_in.post(
        f"{BASE}bulk/", {"do": "join", "list": vip.pk, "all": 1, "query": "reach=mobile"}
    )

    assert counters.read(access.workspace.pk, [f"list.{vip.pk}"])[f"list.{vip.pk}"] == 2


def test_a_field_is_set_for_many_by_its_type(
    signed_in: Client, access: Any, everybody: list[Contact]
) -> None:
    ids = [c.pk for c in everybody]
    birthday = {"do": "change", "change_field": "birthday", "change_do": "set", "ids": ids}
    signed_in.post(f"{BASE}bulk/", {**birthday, "change_value": "לא תאריך"})
    assert not Contact.objects.exclude(birthday=None).exists()
    signed_in.post(f"{BASE}bulk/", {**birthday, "change_value": "31.12.80"})
    assert Contact.objects.filter(birthday="1980-12-31").count() == 4
    apply_undo(access, UndoEntry.objects.latest("pk").pk)
    assert not Contact.objects.exclude(birthday=None).exists()


def test_a_contact_is_added_with_errors_at_their_fields(
    signed_in: Client, access: Any, noa: Contact, vip: ContactList
) -> None:
    bad = signed_in.post(
        f"{BASE}new/", {"f_email": "NOA@example.com", "f_first_name": "נועה", "lists": [vip.pk]}
    )
    assert bad.status_code == 422
    assert f"{BASE}{noa.pk}/" in bad.content.decode()
    assert signed_in.post(f"{BASE}new/", {}).status_code == 422
    wrong = signed_in.post(f"{BASE}new/", {"f_email": "כלום", "f_birthday": "מחר"})
    assert wrong.content.decode().count("k-error") == 2

    good = signed_in.post(
        f"{BASE}new/", {"f_email": "new@example.com", "f_mobile": "052-7654321", "lists": [vip.pk]}
    )

    made = Contact.objects.get(email="new@example.com")
    assert good.url == f"{BASE}{made.pk}/"
    assert made.mobile == "+972527654321"
    assert counters.read(access.workspace.pk, [f"list.{vip.pk}"])[f"list.{vip.pk}"] == 1


def test_the_card_shows_everything_and_is_changed_in_place(
    signed_in: Client, access: Any, noa: Contact, now: datetime
) -> None:
    create_field(access, label="גודל", type="choice", options={"choices": ["קטן", "גדול"]})
    create_field(access, label="תחביבים", type="choices", options={"choices": ["ספרים", "טיולים"]})
    create_field(access, label="דירוג", type="rating", options={"max": 5})
    actions.add_note(access, noa, text="לקוחה ותיקה", now=now)
    suppress(access.workspace, channel="sms", addresses=[noa.mobile], reason="blocked", now=now)

    form = signed_in.get(f"{BASE}{noa.pk}/edit/", **HX).content.decode()
    assert "תחביבים" in form
    values = {
        "f_first_name": "נועה", "f_email": "noa@example.com", "f_mobile": "050-123-4567", "f_city": "לוד",
        "f_גודל": "גדול", "f_תחביבים": ["ספרים", "טיולים"], "f_דירוג": "4",
    }  # fmt: skip
    saved = signed_in.post(f"{BASE}{noa.pk}/edit/", values, **HX)
    assert saved.headers["HX-Redirect"] == f"{BASE}{noa.pk}/"

    noa.refresh_from_db()
    assert noa.fields == {"גודל": "גדול", "תחביבים": ["ספרים", "טיולים"], "דירוג": 4}
    page = signed_in.get(f"{BASE}{noa.pk}/").content.decode()
    for words in ("נועה", "לוד", "ספרים, טיולים", "לקוחה ותיקה", "050-123-4567", "k-hue-coral"):
        assert words in page
    assert "כהן" in signed_in.get(f"{BASE}{noa.pk}/edit/?cancel=1", **HX).content.decode()


def test_consent_by_staff_needs_words_and_keeps_them(signed_in: Client, dan: Contact) -> None:
    change = {"channel": "email", "state": "granted"}
    signed_in.post(f"{BASE}{dan.pk}/consent/", change)
    dan.refresh_from_db()
    assert dan.email_consent == "withdrawn"

    signed_in.post(f"{BASE}{dan.pk}/consent/", {**change, "statement": "ביקש בטלפון"})
    dan.refresh_from_db()
    assert dan.email_consent == "granted"
    assert "ביקש בטלפון" in signed_in.get(f"{BASE}{dan.pk}/").content.decode()
    signed_in.post(f"{BASE}{dan.pk}/consent/", {"channel": "email", "state": "withdrawn"})
    dan.refresh_from_db()
    assert dan.email_consent == "withdrawn"


def test_blocked_addresses_are_pasted_found_and_allowed_again(
    signed_in: Client, access: Any, noa: Contact
) -> None:
    pasted = "noa@example.com\nother@example.com, bad"
    signed_in.post(f"{BASE}blocked/add/", {"channel": "email", "addresses": pasted})
    assert Suppression.objects.count() == 2
    assert "other@example.com" not in signed_in.get(f"{BASE}blocked/?q=noa").content.decode()
    assert "noa@example.com" in signed_in.get(f"{BASE}?problem=suppressed", **HX).content.decode()
    signed_in.post(f"{BASE}{noa.pk}/allow/", {"channel": "email"})
    signed_in.post(f"{BASE}blocked/{Suppression.objects.get().pk}/remove/")
    assert not Suppression.objects.exists()


def test_fields_and_lists_are_kept_in_order(signed_in: Client, access: Any) -> None:
    for name in ("א", "ב"):
        signed_in.post(f"{BASE}fields/new/", {"label": f"שדה {name}", "type": "text"})
    assert (
        signed_in.post(f"{BASE}fields/new/", {"label": "שם פרטי", "type": "text"}).status_code
        == 422
    )
    assert (
        signed_in.post(f"{BASE}fields/new/", {"label": "צבע", "type": "choice"}).status_code == 422
    )
    second = Field.objects.get(label="שדה ב")
    signed_in.post(f"{BASE}fields/{second.pk}/move/", {"up": 1})
    labels = list(Field.objects.order_by("position").values_list("label", flat=True))
    assert labels == ["שדה ב", "שדה א"]
    signed_in.post(f"{BASE}fields/{second.pk}/archive/")
    assert "שדה ב" not in signed_in.get(f"{BASE}fields/", **HX).content.decode()

    signed_in.post(f"{BASE}lists/new/", {"name": "לקוחות"})
    assert signed_in.post(f"{BASE}lists/new/", {"name": "לקוחות"}).status_code == 422
    row = ContactList.objects.get(name="לקוחות")
    signed_in.post(f"{BASE}lists/{row.pk}/", {"name": "לקוחות ותיקים", "is_public": "on"})
    page = signed_in.get(f"{BASE}lists/").content.decode()
    assert "לקוחות ותיקים" in page
    signed_in.post(f"{BASE}lists/{row.pk}/archive/")
    assert row.pk not in [r.pk for r in lists.live_lists(access.workspace)]


def test_columns_are_remembered(signed_in: Client, everybody: list[Contact]) -> None:
    signed_in.post(
        f"{BASE}columns/", {"columns": ["city", "created", "nonsense"], "query": "q=נועה"}
    )

    columns = signed_in.get(BASE).context["columns"]
    assert [key for key, _label in columns] == ["city", "created"]


def test_an_export_is_made_and_fetched(
    signed_in: Client, everybody: list[Contact], access: Any, settings: Any, tmp_path: Any
) -> None:
    from kesher.accounts.models import Work
    from kesher.contacts.jobs import export_contacts

    settings.HOME = tmp_path
    signed_in.post(f"{BASE}bulk/", {"ids": [c.pk for c in everybody], "do": "csv"})
    work = Work.objects.get(kind="contacts.export")
    export_contacts.func(workspace_id=access.workspace.pk, act_id=MassAct.objects.get().pk)

    answer = signed_in.get(f"{BASE}exports/{work.pk}/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.count("\r\n") == 5
    assert "נועה,כהן,noa@example.com,050-123-4567" in text


def test_a_person_is_copied_and_erased(
    signed_in: Client, access: Any, everybody: list[Contact], now: datetime
) -> None:
    noa = everybody[0]
    actions.update_contact(access, noa, values={"city": "לוד"}, now=now)
    copy = json.loads(signed_in.get(f"{BASE}{noa.pk}/data/").content)
    assert copy["contact"]["email"] == "noa@example.com"
    assert copy["events"][0]["data"]["changed"]["city"] == ["חיפה", "לוד"]

    signed_in.post(f"{BASE}{noa.pk}/erase/")

    noa.refresh_from_db()
    assert (noa.email, noa.first_name, noa.mobile, noa.fields) == ("", "", "", {})
    assert {(row.reason, row.address) for row in Suppression.objects.all()} == {("erased", "")}
    assert signed_in.get(f"{BASE}{noa.pk}/").status_code == 404
    assert counters.read(access.workspace.pk, ["contacts"]) == {"contacts": 3}


def test_two_cards_become_one(
    signed_in: Client, access: Any, everybody: list[Contact], vip: ContactList, now: datetime
) -> None:
    noa, dan, *_ = everybody
    workspace_id = access.workspace.pk
    lists.join_list(workspace_id, list_id=vip.pk, contact_ids=[noa.pk, dan.pk], now=now)
    actions.add_note(access, dan, text="שם הנעורים", now=now)
    page = signed_in.get(f"{BASE}{noa.pk}/merge/", {"other": dan.pk}).content.decode()
    assert "dan@example.com" in page

    signed_in.post(
        f"{BASE}{noa.pk}/merge/", {"other": dan.pk, "take_email": "other", "take_mobile": "kept"}
    )

    noa.refresh_from_db()
    assert (noa.email, noa.mobile, noa.email_consent) == (
        "dan@example.com",
        "+972501234567",
        "withdrawn",
    )
    assert Note.objects.get().contact_id == noa.pk
    read = counters.read(workspace_id, ["contacts", f"list.{vip.pk}"])
    assert read == {"contacts": 3, f"list.{vip.pk}": 1}
    assert signed_in.get(f"{BASE}{dan.pk}/").status_code == 404


def test_another_workspace_is_answered_like_one_that_is_not_there(
    signed_in: Client, stranger_contact: Contact, access: Any
) -> None:
    for path in ("", "edit/", "timeline/", "merge/", "data/", "erase/"):
        assert signed_in.get(f"{BASE}{stranger_contact.pk}/{path}").status_code == 404, path
    for path in ("delete/", "lists/", "consent/", "allow/", "notes/"):
        assert signed_in.post(f"{BASE}{stranger_contact.pk}/{path}").status_code == 404, path
    assert signed_in.get("/w/others/contacts/").status_code == 404
    signed_in.post(f"{BASE}bulk/", {"do": "delete", "ids": [stranger_contact.pk]})
    stranger_contact.refresh_from_db()
    assert stranger_contact.deleted_at is None


def test_a_viewer_reads_and_changes_nothing(client: Client, workspace: Any, noa: Contact) -> None:
    viewer = User.objects.create_user("v@example.com", "correct horse battery")
    Membership.objects.create(workspace=workspace, user=viewer, role="viewer")
    client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(f"{BASE}{noa.pk}/").status_code == 200
    assert 'name="ids"' not in client.get(BASE, **HX).content.decode()
    for path in ("delete/", "edit/", "consent/", "notes/"):
        assert client.post(f"{BASE}{noa.pk}/{path}").status_code == 403, path
    assert client.post(f"{BASE}bulk/", {"do": "delete", "ids": [noa.pk]}).status_code == 403


def test_every_address_of_the_area_needs_a_role() -> None:
    from kesher.web.contacts.urls import urlpatterns

    assert get_resolver().reverse_dict
    assert all(
        hasattr(pattern.callback, "needs_role") or hasattr(pattern.callback, "__wrapped__")
        for pattern in urlpatterns
    )  # type: ignore[union-attr]


def test_the_timeline_says_which_mail_arrived(
    signed_in: Client, access: Any, noa: Contact, now: datetime
) -> None:
    from kesher.events.log import NewEvent, record_many
    from kesher.messages.models import Message

    def sent(source_id: str, **times: Any) -> NewEvent:
        message = Message.objects.create(
            workspace_id=access.workspace.pk,
            contact_id=noa.pk,
            source="campaign",
            source_id=source_id,
            version_id=1,
            status="sent",
            queued_at=now,
            **times,
        )
        return NewEvent("message.sent", noa.pk, now, {"message_id": message.pk, "subject": "מבצע"})

    arrived = sent("1", delivered_at=now)
    bounced = sent("2", delivered_at=now, bounced_at=now)
    on_its_way = sent("3")
    record_many(access.workspace.pk, [arrived, bounced, on_its_way])

    page = signed_in.get(f"{BASE}{noa.pk}/timeline/", **HX).content.decode()

    assert page.count("k-status-good") == 1


def test_a_message_on_the_timeline_leads_to_the_mail_as_kept_here(
    signed_in: Client, access: Any, noa: Contact, now: datetime
) -> None:
    from kesher.channels.models import LocalMessage
    from kesher.events.log import NewEvent, record_many

    kept = LocalMessage.objects.create(
        workspace_id=access.workspace.pk, message_id=77, raw=b"x", received_at=now
    )
    data = {"message_id": 77, "subject": "מבצע", "name": "מבצע"}
    record_many(
        access.workspace.pk,
        [
            NewEvent("message.sent", noa.pk, now, data),
            NewEvent("message.sent", noa.pk, now, {"message_id": []}),
        ],
    )

    page = signed_in.get(f"{BASE}{noa.pk}/timeline/", **HX).content.decode()

    assert f"/channels/mailbox/{kept.pk}/" in page


def test_thousands_are_changed_in_the_background_and_taken_back(
    signed_in: Client, everybody: list[Contact], access: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kesher.contacts.mass import run
    from kesher.lib import clock
    from kesher.web.contacts import bulk

    monkeypatch.setattr(bulk, "LARGE", 2)
    signed_in.post(
        f"{BASE}bulk/",
        {
            "all": "1",
            "query": "reach=-mobile&sort=name",
            "do": "change",
            "change_field": "city",
            "change_do": "set",
            "change_value": "אילת",
        },
    )
    assert not MassAct.objects.exists()  # two are done at once

    signed_in.post(f"{BASE}bulk/", {"all": "1", "query": "", "do": "delete"})
    act = MassAct.objects.get()
    page = signed_in.get(f"{BASE}acts/{act.pk}/").content.decode()
    assert f"acts/{act.pk}/undo/" not in page

    run.run_act(act.workspace_id, act.pk, clock=clock.now)
    assert not Contact.objects.filter(deleted_at=None).exists()
    page = signed_in.get(f"{BASE}acts/{act.pk}/", **HX).content.decode()
    assert f"acts/{act.pk}/undo/" in page
    assert "go-on/" not in page

    signed_in.post(f"{BASE}acts/{act.pk}/undo/")
    run.run_undo(act.workspace_id, act.pk, clock=clock.now)
    assert Contact.objects.filter(deleted_at=None).count() == 4
    page = signed_in.get(f"{BASE}acts/{act.pk}/").content.decode()
    assert f"acts/{act.pk}/undo/" not in page


@pytest.mark.parametrize(
    ("field", "do", "value", "city"),
    [
        ("city", "set", "אילת", "אילת"),
        ("city", "clear", "", ""),
        ("city", "copy_from", "last_name", "כהן"),
        ("city", "set", "", "חיפה"),
        ("city", "add", "1", "חיפה"),
        ("email", "set", "x@example.com", "חיפה"),
    ],
)
def test_what_becomes_of_a_field_is_asked_by_its_kind(
    signed_in: Client, everybody: list[Contact], field: str, do: str, value: str, city: str
) -> None:
    noa = everybody[0]
    form = signed_in.get(
        f"{BASE}bulk/change/", {"change_field": field, "change_do": do}, **HX
    ).content.decode()
    assert 'name="change_do"' in form
    assert ('name="change_value"' in form) is (do != "clear")

    signed_in.post(
        f"{BASE}bulk/",
        {"ids": [noa.pk], "do": "change", "change_field": field, "change_do": do, "change_value": value},
    )  # fmt: skip

    noa.refresh_from_db()
    assert noa.city == city
    if city != "חיפה":
        apply_undo_of_the_last()
        noa.refresh_from_db()
        assert noa.city == "חיפה"


def apply_undo_of_the_last() -> None:
    from kesher.accounts.access import Access

    entry = UndoEntry.objects.latest("pk")
    apply_undo(Access(entry.workspace, "owner", user=entry.user), entry.pk)
