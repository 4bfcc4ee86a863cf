"""Segments: the table, one segment with its people, the editor."""

from django.urls import path

from kesher.web.segments import editing, views

urlpatterns = [
    path("", views.index, name="segments_index"),
    path("new/", editing.new, name="segments_new"),
    path("<int:pk>/", views.segment, name="segment"),
    path("<int:pk>/count/", views.count, name="segment_count"),
    path("<int:pk>/edit/", editing.edit, name="segment_edit"),
    path("<int:pk>/duplicate/", editing.duplicate, name="segment_duplicate"),
    path("<int:pk>/archive/", editing.archive, name="segment_archive"),
]
