from django.urls import path

from kesher.web.work import views

urlpatterns = [
    path("", views.index, name="work_index"),
    path("bar/", views.bar, name="work_bar"),
    path("<int:work_id>/cancel/", views.cancel, name="work_cancel"),
    path("undo/<int:entry_id>/", views.undo, name="undo"),
]
