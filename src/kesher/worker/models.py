"""One table: the signs of life of the worker's loops, read by `kesher doctor` and /metrics."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """One row for each loop of each worker process; those of dead workers are swept after a day."""

    pk = models.CompositePrimaryKey("worker", "loop")
    worker = models.TextField(help_text="machine:process")
    loop = models.TextField(help_text="engine, sender, jobs")
    at = models.DateTimeField()
    started_at = models.DateTimeField()
    failures = models.IntegerField(default=0, help_text="rounds that failed since the start")
    last_error = models.TextField(default="")

    class Meta:
        db_table = "worker_heartbeat"
