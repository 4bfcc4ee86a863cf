from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "kesher.journeys"
    label = "journeys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kesher.journeys import events, forgetting, nodes, recipes, rulewords, sources, undo  # noqa: F401  (registration)
