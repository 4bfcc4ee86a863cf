from django.urls import path

from kesher.web.imports import report_views, views

urlpatterns = [
    path("", views.index, name="imports_index"),
    path("new/", views.new, name="imports_new"),
    path("<int:pk>/", report_views.show, name="imports_show"),
    path("<int:pk>/columns/", views.columns, name="imports_columns"),
    path("<int:pk>/options/", views.options, name="imports_options"),
    path("<int:pk>/refused/", report_views.refused, name="imports_refused"),
    path("<int:pk>/people/<slug:what>/", report_views.people, name="imports_people"),
    path("<int:pk>/cancel/", report_views.cancel, name="imports_cancel"),
    path("<int:pk>/remove/", report_views.remove, name="imports_remove"),
]
