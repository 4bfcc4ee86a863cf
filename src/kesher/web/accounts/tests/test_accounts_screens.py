"""Signing up, in and out; settings, team, keys; and that no workspace sees another."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from kesher.accounts import actions
from kesher.accounts.models import ApiKey, Membership, User, Workspace

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def test_a_new_person_signs_up_and_opens_a_workspace(client: Client) -> None:
    answer = client.post(
        reverse("account_signup"), {"email": "Rina@shop.example", "password1": PASSWORD}
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]

    answer = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == reverse("workspace_new")

    answer = client.post(
        reverse("workspace_new"),
        {"name": "Green Books", "language": "en", "time_zone": "Asia/Jerusalem"},
    )
    workspace = Workspace.objects.get(name="Green Books")
    assert answer["Location"] == reverse("settings_sender", args=[workspace.key])
    assert Membership.objects.get(workspace=workspace).user.email == "rina@shop.example"
    assert workspace.contact_lists.filter(is_all=True).count() == 1


def test_whoever_is_new_finds_the_way_to_sign_up(client: Client) -> None:
    answer = client.get("/", follow=True)

    assert reverse("account_signup") in answer.content.decode()


def test_signing_up_may_be_closed(client: Client) -> None:
    with override_settings(SIGN_UP_OPEN=False):
        login = client.get(reverse("account_login")).content.decode()
        assert reverse("account_signup") not in login
        client.post(
            reverse("account_signup"), {"email": "rina@shop.example", "password1": PASSWORD}
        )

    assert not User.objects.filter(email="rina@shop.example").exists()


def test_after_eight_wrong_passwords_signing_in_is_closed_for_a_while(
    client: Client, owner: User
) -> None:
    for _try in range(8):
        client.post(reverse("account_login"), {"login": owner.email, "password": "wrong wrong"})

    client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_a_password_is_reset_by_mail(client: Client, owner: User) -> None:
    client.post(reverse("account_reset_password"), {"email": owner.email})
    link = re.search(r"https?://[^\s]+", str(mail.outbox[0].body))
    assert link is not None

    page = client.get(link[0].replace("http://testserver", ""), follow=True)
    client.post(
        page.redirect_chain[-1][0],
        {"password1": "another long phrase", "password2": "another long phrase"},
    )

    owner.refresh_from_db()
    assert owner.check_password("another long phrase")


def test_the_second_factor_is_set_up_from_the_profile(signed_in: Client) -> None:
    assert reverse("mfa_index") in signed_in.get(reverse("profile")).content.decode()


@pytest.mark.parametrize("name", ["general", "sender", "team", "keys", "log"])
def test_settings_are_for_managers(
    signed_in: Client, workspace: Workspace, owner: User, name: str
) -> None:
    address = reverse(f"settings_{name}", args=[workspace.key])
    assert signed_in.get(address).status_code == 200

    Membership.objects.filter(user=owner).update(role="editor")
    assert signed_in.get(address).status_code == 403


def test_an_invited_person_joins_through_the_mailed_link(
    signed_in: Client, client: Client, workspace: Workspace
) -> None:
    signed_in.post(
        reverse("settings_team", args=[workspace.key]),
        {"email": "rina@shop.example", "role": "editor"},
    )
    link = re.search(r"/invitation/[^\s]+", str(mail.outbox[0].body))
    assert link is not None

    rina = User.objects.create_user("rina@shop.example", PASSWORD)
    other = Client()
    other.force_login(rina, backend="django.contrib.auth.backends.ModelBackend")
    assert workspace.name in other.get(link[0]).content.decode()
    other.post(link[0])

    assert Membership.objects.get(user=rina).role == "editor"
    assert Client().get(link[0]).status_code == 404


def test_a_key_is_shown_once(signed_in: Client, workspace: Workspace) -> None:
    address = reverse("settings_keys", args=[workspace.key])
    page = signed_in.post(address, {"name": "האתר", "scopes": ["contacts:read"]}).content.decode()
    secret = re.search(r"ksr_[\w-]+", page)

    assert secret is not None
    assert secret[0] not in signed_in.get(address).content.decode()
    assert ApiKey.objects.count() == 1


def test_the_language_of_the_screens_is_remembered(signed_in: Client, owner: User) -> None:
    signed_in.post(reverse("set_language"), {"language": "en", "next": "/me/"})

    owner.refresh_from_db()
    page = signed_in.get(reverse("profile")).content.decode()
    assert owner.language == "en"
    assert 'dir="ltr"' in page
    assert "My profile" in page


def test_going_back_never_leaves_this_site(signed_in: Client) -> None:
    for address in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = signed_in.post(reverse("set_language"), {"language": "he", "next": address})
        assert answer["Location"] == "/"


def test_a_stranger_is_asked_to_sign_in(client: Client, workspace: Workspace) -> None:
    answer = client.get(reverse("settings_general", args=[workspace.key]))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_another_workspace_looks_like_none(signed_in: Client, now: Any) -> None:
    stranger = User.objects.create_user("x@other.example", PASSWORD)
    foreign = actions.create_workspace(stranger, name="Other", language="en")

    there = signed_in.get(reverse("settings_general", args=[foreign.key]))
    nowhere = signed_in.get(reverse("settings_general", args=["no-such"]))

    assert there.status_code == nowhere.status_code == 404


def test_a_passkey_is_named_in_the_language_of_the_screen() -> None:
    from types import SimpleNamespace

    from django.utils.translation import override

    from kesher.web.accounts.passkeys import EditPasskeyForm

    key = SimpleNamespace(wrap=lambda: SimpleNamespace(name="הטלפון שלי"))
    with override("he"):
        assert str(EditPasskeyForm(instance=key).fields["name"].label) == "שם"


def test_the_scopes_of_a_key_are_told_in_words(signed_in: Client, workspace: Workspace) -> None:
    page = signed_in.get(reverse("settings_keys", args=[workspace.key])).content.decode()

    for scope in actions.SCOPES:
        assert f'<bdi class="ltr">{scope}</bdi>' in page
        assert f"<span>{scope}<" not in page
    ticked = re.findall(r'value="([a-z:]+)"[^>]* checked', page)
    assert set(ticked) == {scope for scope in actions.SCOPES if scope.endswith(":read")}


def test_what_a_key_may_do_is_told_in_words(
    signed_in: Client, access: Any, workspace: Workspace
) -> None:
    actions.create_api_key(access, name="מעט", scopes=["lists:read", "journeys:read"])
    actions.create_api_key(access, name="הרבה", scopes=list(actions.SCOPES)[:5])

    page = signed_in.get(reverse("settings_keys", args=[workspace.key])).content.decode()

    assert "צפייה במסעות, צפייה ברשימות" in page
    assert "<summary>5 הרשאות</summary>" in page


def test_after_asking_for_a_new_password_there_is_a_way_back(client: Client) -> None:
    page = client.get(reverse("account_reset_password_done")).content.decode()

    assert reverse("account_login") in page


def test_sites_that_may_learn_who_comes_are_named_one_in_a_line(
    signed_in: Client, workspace: Workspace
) -> None:
    address = reverse("settings_sender", args=[workspace.key])
    values = {"sender_name": "הספר", "identified_sites": "https://www.shop.example/\nספרים.ישראל\n"}

    assert signed_in.post(address, values).status_code == 302
    workspace.refresh_from_db()
    assert workspace.identified_sites == ["shop.example", "xn--eebikmu.xn--4dbrk0ce"]
    assert "shop.example\nספרים.ישראל</textarea>" in signed_in.get(address).content.decode()

    refused = signed_in.post(address, {**values, "identified_sites": "shop.example co.il"})
    assert "shop.example co.il</textarea>" in refused.content.decode()
    assert "k-error" in refused.content.decode()
    workspace.refresh_from_db()
    assert len(workspace.identified_sites) == 2
