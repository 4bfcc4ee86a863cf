"""One log for everything: lines for people, or JSON for machines (KESHER_LOG_FORMAT), on standard error."""

from __future__ import annotations

import sys
from typing import Any

import structlog
from structlog.types import Processor

_COMMON: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_settings(*, level: str, style: str) -> dict[str, Any]:
    """Configure structlog, and answer Django's LOGGING: the standard library's log takes the same form."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_COMMON,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _COMMON,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_renderers(style),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"kesher": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "kesher"}},
        "root": {"handlers": ["console"], "level": level.upper()},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "procrastinate": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            "granian": {"level": "WARNING"},
            "_granian": {"level": "WARNING"},
            "psycopg": {"level": "ERROR"},
            "httpx": {"level": "WARNING"},
        },
    }


def _renderers(style: str) -> list[Processor]:
    if style == "json":
        return [
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    colors = sys.stderr.isatty()
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)]
