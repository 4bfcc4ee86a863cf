from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "kesher.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kesher.channels.email import local, smtp  # noqa: F401  (registers the providers)
