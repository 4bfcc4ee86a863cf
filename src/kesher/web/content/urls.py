"""Documents: the cards, making a new one, the editor's page and its JSON, previews."""

from django.urls import path

from kesher.web.content import editor, frames, targeting, texts, views

urlpatterns = [
    path("", views.index, name="content_index"),
    path("new/", views.new, name="content_new"),
    path("new/text/", texts.new, name="content_text_new"),
    path("people/", editor.people, name="content_people"),
    path("images/", editor.images, name="content_images"),
    path("images/upload/", editor.upload, name="content_upload"),
    path("templates/<slug:key>/preview/", frames.template_preview, name="content_template_preview"),
    path("<int:pk>/", editor.page, name="content_editor"),
    path("<int:pk>/save/", editor.save, name="content_save"),
    path("<int:pk>/preview/", editor.preview, name="content_preview"),
    path("<int:pk>/coverage/", targeting.coverage, name="content_coverage"),
    path("<int:pk>/counts/", targeting.counts, name="content_counts"),
    path("<int:pk>/test/", editor.test, name="content_test"),
    path("<int:pk>/text/look/", texts.look, name="content_text_look"),
    path("<int:pk>/text/sizes/", texts.sizes, name="content_text_sizes"),
    path("<int:pk>/text/test/", texts.test, name="content_text_test"),
    path("<int:pk>/frame/", frames.document_preview, name="content_frame"),
    path("<int:pk>/duplicate/", views.duplicate, name="content_duplicate"),
    path("<int:pk>/archive/", views.archive, name="content_archive"),
    path("<int:pk>/restore/", views.restore, name="content_restore"),
]
