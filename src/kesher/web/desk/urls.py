"""Tasks and alerts, under /w/<workspace>/desk/."""

from django.urls import path

from kesher.web.desk import alerts, oncard, tasks

urlpatterns = [
    path("", tasks.index, name="desk"),
    path("new/<int:pk>/", tasks.new, name="desk_task_new"),
    path("tasks/<int:pk>/", tasks.edit, name="desk_task"),
    path("tasks/<int:pk>/done/", tasks.done, name="desk_task_done"),
    path("tasks/<int:pk>/open/", tasks.reopen, name="desk_task_open"),
    path("tasks/<int:pk>/move/", tasks.move, name="desk_task_move"),
    path("alerts/", alerts.index, name="desk_alerts"),
    path("alerts/read/", alerts.read_all, name="desk_alerts_read"),
    path("alerts/<int:pk>/read/", alerts.read, name="desk_alert_read"),
    path("bar/", alerts.bar, name="desk_bar"),
    path("of/<int:pk>/", oncard.show, name="desk_of_contact"),
]
