"""Which door answers which address. Tracking (/o/, /c/, /u/) is answered before Django: see asgi."""

from django.urls import include, path

from kesher.project.lazy_urls import LazyInclude

urlpatterns = [
    path("", include("kesher.public.urls")),
    LazyInclude("api/", "kesher.api.urls"),
    path("", include("kesher.web.urls")),
]
handler400 = "kesher.web.errors.bad_request"
handler403 = "kesher.web.errors.forbidden"
handler404 = "kesher.web.errors.not_found"
handler500 = "kesher.web.errors.server_error"
