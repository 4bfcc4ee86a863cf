"""Journeys: the table, one journey, its people, publishing."""

from django.urls import path

from kesher.web.journeys import (
    asked,
    bench,
    canvas,
    listing,
    oncard,
    page,
    people,
    publishing,
    versions,
    whypage,
)

urlpatterns = [
    path("", listing.index, name="journeys_index"),
    path("new/", listing.new, name="journeys_new"),
    path("import/", listing.import_file, name="journeys_import"),
    path("<int:pk>/", page.show, name="journey"),
    path("<int:pk>/publish/", publishing.publish, name="journey_publish"),
    path("<int:pk>/versions/", versions.versions, name="journey_versions"),
    path(
        "<int:pk>/versions/<int:number>/numbers/", versions.numbers, name="journey_version_numbers"
    ),
    path("<int:pk>/why/", whypage.page, name="journey_why"),
    path("<int:pk>/asked/", asked.asked, name="journey_asked"),
    path("<int:pk>/asked/decide/", asked.decide, name="journey_decide"),
    path("alarms/<int:pk>/read/", listing.read_alarm, name="journey_alarm_read"),
    path("<int:pk>/pause/", page.pause, name="journey_pause"),
    path("<int:pk>/resume/", page.resume, name="journey_resume"),
    path("<int:pk>/duplicate/", page.duplicate, name="journey_duplicate"),
    path("<int:pk>/archive/", page.archive, name="journey_archive"),
    path("<int:pk>/restore/", page.restore, name="journey_restore"),
    path("<int:pk>/file/", page.export, name="journey_file"),
    path("<int:pk>/canvas/", canvas.page, name="journey_canvas"),
    path("<int:pk>/canvas/save/", canvas.save, name="journey_save"),
    path("<int:pk>/canvas/numbers/", canvas.numbers, name="journey_numbers"),
    path("<int:pk>/canvas/vocabulary/", canvas.vocabulary, name="journey_vocabulary"),
    path("<int:pk>/canvas/look/", canvas.look, name="journey_look"),
    path("<int:pk>/canvas/bench/", bench.bench, name="journey_bench"),
    path("of/<int:pk>/", oncard.show, name="journeys_of_contact"),
    path("documents/<int:pk>/", canvas.document, name="journey_document"),
    path("<int:pk>/people/", people.at_step, name="journey_people"),
    path("<int:pk>/people/act/", people.act, name="journey_act"),
    path("<int:pk>/people/<str:node>/", people.at_step, name="journey_step"),
]
