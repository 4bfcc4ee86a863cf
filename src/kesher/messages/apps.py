from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "kesher.messages"
    label = "kesher_messages"
    default_auto_field = "django.db.models.BigAutoField"
