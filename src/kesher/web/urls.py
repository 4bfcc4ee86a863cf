"""The signed-in screens. Everything that belongs to a workspace lies under /w/<workspace>/."""

from django.urls import include, path

from kesher.web.desk.alerts import alert_link

workspace_patterns = [
    path("", include("kesher.web.home.urls")),
    path("contacts/", include("kesher.web.contacts.urls")),
    path("segments/", include("kesher.web.segments.urls")),
    path("imports/", include("kesher.web.imports.urls")),
    path("content/", include("kesher.web.content.urls")),
    path("journeys/", include("kesher.web.rehearsals.urls")),
    path("journeys/", include("kesher.web.journeys.urls")),
    path("desk/", include("kesher.web.desk.urls")),
    path("recipes/", include("kesher.web.recipes.urls")),
    path("campaigns/", include("kesher.web.campaigns.urls")),
    path("channels/", include("kesher.web.channels.urls")),
    path("rules/", include("kesher.web.rules.urls")),
    path("jobs/", include("kesher.web.work.urls")),
    path("settings/hours/", include("kesher.web.windows.urls")),
    path("settings/", include("kesher.web.accounts.workspace_urls")),
]

urlpatterns = [
    path("w/<slug:workspace>/", include(workspace_patterns)),
    path("a/<int:pk>", alert_link, name="alert_link"),
    path("", include("kesher.web.accounts.urls")),
]
