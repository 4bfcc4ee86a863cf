"""Wiring only: settings, URLs, the ASGI application and the command `kesher`."""
