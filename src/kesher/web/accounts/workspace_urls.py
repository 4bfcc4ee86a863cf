"""Settings of a workspace."""

from django.urls import path

from kesher.web.accounts import views

urlpatterns = [
    path("", views.settings_general, name="settings_general"),
    path("sender/", views.settings_sender, name="settings_sender"),
    path("team/", views.settings_team, name="settings_team"),
    path("team/<int:pk>/role/", views.member_role, name="member_role"),
    path("team/<int:pk>/remove/", views.member_remove, name="member_remove"),
    path(
        "team/invitations/<int:pk>/withdraw/", views.invitation_withdraw, name="invitation_withdraw"
    ),
    path("keys/", views.settings_keys, name="settings_keys"),
    path("keys/<int:pk>/revoke/", views.key_revoke, name="key_revoke"),
    path("log/", views.settings_log, name="settings_log"),
]
