"""/api/v1/: every resource of the API."""

from django.urls import path

from kesher.api import campaigns, contacts, documents, imports, messages
from kesher.api.app import api

for module in (contacts, imports, documents, campaigns, messages):
    api.add_router("", module.router)

urlpatterns = [path("v1/", api.urls)]
