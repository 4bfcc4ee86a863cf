from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "kesher.content"
    label = "content"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kesher.content import undo  # noqa: F401  (registration)
