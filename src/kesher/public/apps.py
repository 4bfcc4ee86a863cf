from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "kesher.public"
    label = "public"
    default_auto_field = "django.db.models.BigAutoField"
