from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from kesher.media.views import serve
from kesher.messages.receipts.hits import HONEYPOT
from kesher.public import details, fallback, pages, views


def _unknown(request: HttpRequest, rest: str) -> HttpResponse:
    return pages.not_found(request)


urlpatterns: list[URLPattern | URLResolver] = [
    path("o/<str:token>.gif", fallback.pixel, name="public_pixel"),
    path("c/<str:token>/<int:number>", fallback.click, name="public_click"),
    path("c/<str:token>/-1", fallback.click, {"number": HONEYPOT}),
    path("s/<path:rest>", fallback.short, name="public_short"),
    path("u/<str:token>", views.preferences, name="public_preferences"),
    path("u/<str:token>/stop", views.stop, name="public_stop"),
    path("u/<str:token>/again", views.again, name="public_again"),
    path("u/<str:token>/lists", views.lists, name="public_lists"),
    path("me/<str:token>", details.details, name="public_me"),
    path("me/<str:token>/code", details.code, name="public_me_code"),
    path("me/<str:token>/proof", details.proof, name="public_me_proof"),
    path("me/<str:token>/save", details.save, name="public_me_save"),
    path("me/<str:token>/lists", details.lists, name="public_me_lists"),
    path("me/<str:token>/leave", details.leave, name="public_me_leave"),
    path("v/<str:token>", views.mail, name="public_mail"),
    re_path(r"^m/(?P<token>[A-Za-z0-9_-]{1,60})$", serve, name="public_media"),
    path("robots.txt", views.robots),
    path("favicon.ico", views.icon),
    # /me/ alone is the profile of who is signed in.
    re_path(r"^(?:[cuvoms]/|me/(?=.))(?P<rest>.*)$", _unknown),
]
