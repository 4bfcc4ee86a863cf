"""Members, invitations, keys: who may do what, and what may never happen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kesher.accounts import actions, queries
from kesher.accounts.access import Access
from kesher.accounts.models import AuditEntry, Invitation, Membership, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def rina() -> User:
    return User.objects.create_user("rina@shop.example", "correct horse battery")


def test_an_invitation_makes_one_member_however_often_it_is_used(
    access: Access, rina: User, now: datetime
) -> None:
    made = actions.invite_member(access, email=" Rina@shop.example ", role="editor", now=now)
    invitation = actions.open_invitation(made.token, now=now)
    assert invitation is not None

    for _press in range(2):
        actions.accept_invitation(rina, invitation=invitation, now=now)

    member = Membership.objects.get(workspace=access.workspace, user=rina)
    assert member.role == "editor"
    assert actions.open_invitation(made.token, now=now) is None


def test_the_token_of_an_invitation_is_not_in_the_database(access: Access, now: datetime) -> None:
    made = actions.invite_member(access, email="rina@shop.example", role="viewer", now=now)

    row = Invitation.objects.values().get(pk=made.invitation.pk)

    assert made.token not in str(row)


def test_an_invitation_ends_after_a_week(access: Access, now: datetime) -> None:
    made = actions.invite_member(access, email="rina@shop.example", role="viewer", now=now)

    assert actions.open_invitation(made.token, now=now + timedelta(days=6, hours=23))
    assert actions.open_invitation(made.token, now=now + timedelta(days=7)) is None


def test_a_second_invitation_to_an_address_replaces_the_first(
    access: Access, now: datetime
) -> None:
    first = actions.invite_member(access, email="rina@shop.example", role="viewer", now=now)
    second = actions.invite_member(access, email="rina@shop.example", role="editor", now=now)

    assert actions.open_invitation(first.token, now=now) is None
    assert actions.open_invitation(second.token, now=now) is not None


def test_the_last_owner_can_neither_leave_nor_step_down(access: Access) -> None:
    membership = Membership.objects.get(workspace=access.workspace, user=access.user)

    with pytest.raises(actions.NotAllowed):
        actions.change_role(access, membership, role="editor")
    with pytest.raises(actions.NotAllowed):
        actions.remove_member(access, membership)

    assert Membership.objects.get(pk=membership.pk).role == "owner"


def test_a_manager_makes_nobody_an_owner(access: Access, rina: User, now: datetime) -> None:
    membership = Membership.objects.create(workspace=access.workspace, user=rina, role="manager")
    as_manager = Access(access.workspace, "manager", user=rina)

    with pytest.raises(actions.NotAllowed):
        actions.change_role(as_manager, membership, role="owner")
    with pytest.raises(actions.NotAllowed):
        actions.invite_member(as_manager, email="x@shop.example", role="owner", now=now)


def test_a_manager_cannot_remove_an_owner(access: Access, rina: User) -> None:
    Membership.objects.create(workspace=access.workspace, user=rina, role="manager")
    owner = Membership.objects.get(workspace=access.workspace, user=access.user)

    with pytest.raises(actions.NotAllowed):
        actions.remove_member(Access(access.workspace, "manager", user=rina), owner)


def test_a_key_opens_its_workspace_until_it_is_revoked(access: Access, now: datetime) -> None:
    made = actions.create_api_key(access, name="האתר", scopes=["contacts:read"])

    opened = actions.access_of_key(made.secret, ip=None, now=now)
    assert opened is not None
    assert opened.workspace == access.workspace
    assert made.secret not in str(type(made.key).objects.values().get(pk=made.key.pk))

    actions.revoke_api_key(access, made.key, now=now)
    assert actions.access_of_key(made.secret, ip=None, now=now) is None
    assert actions.access_of_key(made.secret[:-1] + "x", ip=None, now=now) is None


def test_a_key_needs_a_known_permission(access: Access) -> None:
    for scopes in ([], ["contacts:everything"]):
        with pytest.raises(actions.NotAllowed):
            actions.create_api_key(access, name="x", scopes=scopes)


def test_every_act_is_in_the_audit_log(access: Access, now: datetime) -> None:
    actions.invite_member(access, email="rina@shop.example", role="viewer", now=now)
    actions.update_workspace(access, values={"sender_name": "הספר"})
    actions.create_api_key(access, name="x", scopes=["contacts:read"])

    log = [entry.action for entry in queries.audit_of(access.workspace)]

    assert log == ["api_key.created", "workspace.changed", "member.invited"]
    assert AuditEntry.objects.filter(user=access.user).count() == 3


def test_settings_that_did_not_change_are_not_audited(access: Access) -> None:
    actions.update_workspace(access, values={"name": access.workspace.name})

    assert queries.audit_of(access.workspace) == []


def test_workspaces_of_one_name_have_addresses_of_their_own(rina: User) -> None:
    first = actions.create_workspace(rina, name="Green Books", language="en")
    second = actions.create_workspace(rina, name="Green Books", language="en")
    hebrew = actions.create_workspace(rina, name="הספר הירוק", language="he")

    assert first.key == "green-books"
    assert len({first.key, second.key, hebrew.key}) == 3
    assert hebrew.key.isascii()
