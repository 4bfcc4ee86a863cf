from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "kesher.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the providers."""
        from kesher.channels.email import local, smtp  # noqa: F401
        from kesher.channels.sms import local as sms  # noqa: F401
        from kesher.channels.whatsapp import local as whatsapp  # noqa: F401
