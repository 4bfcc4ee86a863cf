from django.urls import path

from kesher.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("palette/", views.palette, name="palette"),
]
