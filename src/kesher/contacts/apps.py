from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "kesher.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kesher.contacts import events, setup, undo  # noqa: F401  (registration)
