"""Sending hours, among the settings of a workspace."""

from django.urls import path

from kesher.web.windows import oncard, views

urlpatterns = [
    path("", views.hours, name="sending_hours"),
    path("usual/", views.usual, name="sending_hours_usual"),
    path("of/<int:pk>/", oncard.show, name="hours_of_contact"),
    path("off/", views.off, name="sending_hours_off"),
]
