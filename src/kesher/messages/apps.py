from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "kesher.messages"
    label = "kesher_messages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kesher.messages import events, forgetting, proving, versions  # noqa: F401  (registration)
