"""Addresses of the contacts area, under /w/<workspace>/contacts/."""

from django.urls import URLPattern, URLResolver, path

from kesher.web.contacts import blocked, bulk, card, edit, fields, lists, notes, privacy, table

urlpatterns: list[URLPattern | URLResolver] = [
    path("", table.index, name="contacts_index"),
    path("columns/", table.columns, name="contacts_columns"),
    path("bulk/", bulk.run, name="contacts_bulk"),
    path("exports/<int:work_id>/", bulk.download, name="contacts_export"),
    path("new/", edit.new, name="contacts_new"),
    path("<int:pk>/", card.show, name="contact_card"),
    path("<int:pk>/edit/", edit.edit, name="contact_edit"),
    path("<int:pk>/delete/", card.delete, name="contact_delete"),
    path("<int:pk>/lists/", card.lists, name="contact_lists"),
    path("<int:pk>/consent/", card.consent, name="contact_consent"),
    path("<int:pk>/allow/", card.allow, name="contact_allow"),
    path("<int:pk>/timeline/", card.timeline, name="contact_timeline"),
    path("<int:pk>/notes/", notes.add, name="contact_note_new"),
    path("<int:pk>/notes/<int:note_id>/", notes.edit, name="contact_note_edit"),
    path("<int:pk>/notes/<int:note_id>/delete/", notes.delete, name="contact_note_delete"),
    path("<int:pk>/merge/", privacy.merge, name="contact_merge"),
    path("<int:pk>/data/", privacy.data, name="contact_data"),
    path("<int:pk>/erase/", privacy.erase, name="contact_erase"),
    path("lists/", lists.index, name="lists_index"),
    path("lists/new/", lists.new, name="lists_new"),
    path("lists/<int:pk>/", lists.edit, name="list_edit"),
    path("lists/<int:pk>/archive/", lists.archive, name="list_archive"),
    path("fields/", fields.index, name="fields_index"),
    path("fields/new/", fields.new, name="fields_new"),
    path("fields/<int:pk>/", fields.edit, name="field_edit"),
    path("fields/<int:pk>/move/", fields.move, name="field_move"),
    path("fields/<int:pk>/archive/", fields.archive, name="field_archive"),
    path("blocked/", blocked.index, name="blocked_index"),
    path("blocked/add/", blocked.add, name="blocked_add"),
    path("blocked/<int:pk>/remove/", blocked.remove, name="blocked_remove"),
]
