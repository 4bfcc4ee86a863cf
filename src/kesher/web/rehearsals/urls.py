"""Rehearsals: asked for on a journey's page, read on pages of their own."""

from django.urls import path

from kesher.web.rehearsals import views

ONE = "rehearsals/<int:pk>/"
OF_ONE = f"{ONE}people/<int:contact>/"

urlpatterns = [
    path("<int:pk>/rehearse/", views.ask, name="journey_rehearse"),
    path(ONE, views.show, name="rehearsal"),
    path(f"{ONE}messages/", views.messages, name="rehearsal_messages"),
    path(f"{ONE}people/", views.people, name="rehearsal_people"),
    path(OF_ONE, views.person, name="rehearsal_person"),
    path(f"{OF_ONE}<int:number>/", views.message, name="rehearsal_message"),
    path(f"{OF_ONE}<int:number>/mail/", views.mail, name="rehearsal_mail"),
    path(f"{ONE}delete/", views.delete, name="rehearsal_delete"),
    path(f"{ONE}numbers/", views.numbers, name="rehearsal_numbers"),
]
