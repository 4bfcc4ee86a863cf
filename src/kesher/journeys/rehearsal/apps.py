from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    name = "kesher.journeys.rehearsal"
    label = "rehearsals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kesher.journeys.rehearsal import forgetting, undo  # noqa: F401  (registration)
