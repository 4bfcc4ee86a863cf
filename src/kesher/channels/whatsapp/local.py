"""WhatsApp texts that stay here."""

from __future__ import annotations

from kesher.channels.local_texts import local_provider
from kesher.channels.providers import register

LOCAL = register(local_provider("whatsapp"))
