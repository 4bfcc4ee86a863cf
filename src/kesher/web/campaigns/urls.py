"""Campaigns: the table, one draft, one report, the people behind a number."""

from django.urls import path

from kesher.web.campaigns import report, views

urlpatterns = [
    path("", views.index, name="campaigns_index"),
    path("new/", views.new, name="campaigns_new"),
    path("<int:pk>/", views.campaign, name="campaign"),
    path("<int:pk>/name/", views.rename, name="campaign_rename"),
    path("<int:pk>/audience/", views.audience, name="campaign_audience"),
    path("<int:pk>/sender/", views.sender, name="campaign_sender"),
    path("<int:pk>/preview/", views.preview, name="campaign_preview"),
    path("<int:pk>/test/", views.test, name="campaign_test"),
    path("<int:pk>/send/", views.send, name="campaign_send"),
    path("<int:pk>/unschedule/", views.unschedule, name="campaign_unschedule"),
    path("<int:pk>/pause/", views.pause, name="campaign_pause"),
    path("<int:pk>/resume/", views.resume, name="campaign_resume"),
    path("<int:pk>/cancel/", views.cancel, name="campaign_cancel"),
    path("<int:pk>/duplicate/", views.duplicate, name="campaign_duplicate"),
    path("<int:pk>/archive/", views.archive, name="campaign_archive"),
    path("<int:pk>/progress/", report.progress, name="campaign_progress"),
    path("<int:pk>/people/", report.people, name="campaign_people"),
    path("<int:pk>/export/", report.export, name="campaign_export"),
]
