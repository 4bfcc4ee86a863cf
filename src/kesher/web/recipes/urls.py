"""Recipes: the gallery, and one recipe with what it would install."""

from django.urls import path

from kesher.web.recipes import views

urlpatterns = [
    path("", views.index, name="recipes_index"),
    path("<slug:key>/", views.recipe, name="recipe"),
    path("<slug:key>/install/", views.install, name="recipe_install"),
]
