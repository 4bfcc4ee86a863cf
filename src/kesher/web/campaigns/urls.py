"""Campaigns: the table, one draft, one report, the people behind a number."""

from django.urls import path

from kesher.campaigns.moves import MOVES
from kesher.web.campaigns import drafts, hours, people, picker, report, testing, views

urlpatterns = [
    path("", views.index, name="campaigns_index"),
    path("new/", views.new, name="campaigns_new"),
    path("<int:pk>/", views.campaign, name="campaign"),
    path("<int:pk>/name/", views.rename, name="campaign_rename"),
    path("<int:pk>/audience/", picker.audience, name="campaign_audience"),
    path("<int:pk>/audience/search/", picker.search, name="campaign_sources"),
    path("<int:pk>/audience/rule/", picker.save_rule, name="campaign_audience_rule"),
    path("<int:pk>/sender/", drafts.sender, name="campaign_sender"),
    path("<int:pk>/preview/", drafts.preview, name="campaign_preview"),
    path("<int:pk>/test/", drafts.test, name="campaign_test"),
    path("<int:pk>/send/", drafts.send, name="campaign_send"),
    path("<int:pk>/hours/", hours.hours, name="campaign_hours"),
    path("<int:pk>/ab-test/", testing.set_test, name="campaign_ab_test"),
    path("<int:pk>/ab-test/remove/", testing.remove_test, name="campaign_ab_test_remove"),
    path("<int:pk>/ab-test/winner/", testing.choose, name="campaign_winner"),
    *(
        path(f"<int:pk>/{move}/", views.move, {"to": move}, name=f"campaign_{move}")
        for move in MOVES
    ),
    path("<int:pk>/resend/", views.resend, name="campaign_resend"),
    path("<int:pk>/duplicate/", views.duplicate, name="campaign_duplicate"),
    path("<int:pk>/archive/", views.archive, name="campaign_archive"),
    path("<int:pk>/progress/", report.progress, name="campaign_progress"),
    path("<int:pk>/people/", people.people, name="campaign_people"),
    path("<int:pk>/people/segment/", people.keep, name="campaign_people_segment"),
    path("<int:pk>/export/", people.export, name="campaign_export"),
]
