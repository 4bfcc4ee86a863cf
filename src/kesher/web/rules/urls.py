"""JSON for the rule builder, wherever it stands."""

from django.urls import path

from kesher.web.rules import views

urlpatterns = [
    path("vocabulary/", views.vocabulary, name="rules_vocabulary"),
    path("look/", views.look, name="rules_look"),
    path("ask/", views.ask, name="rules_ask"),
]
