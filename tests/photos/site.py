"""The place that is photographed: a live server over three workspaces: the demo shop full of people and mail, a new one,
and one whose sending hours are closed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone, translation

from kesher.accounts.access import Access
from kesher.accounts.models import Membership, User, Workspace
from kesher.messages import sender
from kesher.project import demo
from tests.photos import sample, sample_windows
from tests.photos.screens import Screen

LANGUAGES = {"he": "hebrew", "en": "english"}
PEOPLE = 240


@dataclass(frozen=True)
class Site:
    """`address` of the live server; `sessions` by language; `made` are ids and tokens by the names of `sample`."""

    address: str
    shop: Workspace
    new: Workspace
    closed: Workspace
    sessions: dict[str, str]
    made: dict[str, int | str] = field(default_factory=dict)

    def url(self, screen: Screen) -> str:
        if screen.path:
            return self.address + screen.path.format(**self.made)
        key = {"shop": self.shop, "new": self.new, "closed": self.closed}[screen.needs].key
        before = (key,) if screen.in_workspace else ()
        after = [self.made.get(name, name) for name in screen.arguments]
        path = reverse(screen.url_name, args=[*before, *after])
        return f"{self.address}{path}{screen.query.format(**self.made)}"


def build(address: str) -> Site:
    with translation.override("he"):
        demo.load(people=PEOPLE)
        sender.close()
        shop = Workspace.objects.get(is_demo=True)
        owner = User.objects.get(memberships__workspace=shop, memberships__role="owner")
        made = sample.add_to(Access(shop, "owner", user=owner), now=timezone.now())
        new = Workspace.objects.create(key="new-studio", name="סטודיו חדש")
        sample.add_all_contacts(new)
        closed = Workspace.objects.create(key="closed-now", name="סטודיו בסופי שבוע")
        made |= sample_windows.add_to(Access(closed, "owner", user=owner), now=timezone.now())
    spaces = (shop, new, closed)
    sessions = {language: _member(spaces, language) for language in LANGUAGES}
    return Site(address, shop, new, closed, sessions, made)


def _member(workspaces: tuple[Workspace, ...], language: str) -> str:
    """A member who reads this language; answers the key of a session in which she is signed in."""
    user = User.objects.create_user(
        f"michal.{language}@green-books.example",
        "correct horse battery",
        name="מיכל אברהמי",
        language=language,
        theme="auto",
    )
    for workspace in workspaces:
        Membership.objects.create(workspace=workspace, user=user, role="owner")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    # Screens of security ask for the password again unless it was given just now.
    given = {"method": "password", "reauthenticated": True, "at": time.time() + 3600}
    session["account_authentication_methods"] = [given]
    session["account_authentication_methods_user"] = str(user.pk)
    session.create()
    return str(session.session_key)
