from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "kesher.journeys"
    label = "journeys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kesher.journeys import (  # noqa: F401  (registration)
            contents,
            events,
            following,
            forgetting,
            merging,
            nodes,
            recipes,
            rulewords,
            sources,
            texting,
            undo,
        )
        from kesher.journeys.desk import events as told  # noqa: F401  (registration)
        from kesher.journeys.desk import undo as taken_back  # noqa: F401  (registration)
