"""Addresses of a person: signing in and up (django-allauth), profile, invitations, the first workspace."""

from django.urls import include, path

from kesher.web.accounts import views

urlpatterns = [
    path("", views.start, name="start"),
    path("start/", views.workspace_new, name="workspace_new"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("me/", views.profile, name="profile"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
]
