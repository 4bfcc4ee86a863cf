"""Files that users upload. The bytes lie in the data folder under the file's hash."""

from __future__ import annotations

from django.db import models

from kesher.accounts.models import User, Workspace


class File(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    token = models.CharField(
        max_length=40, unique=True, help_text="in its public address /m/<token>"
    )
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=80)
    size_bytes = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "media_file"
        indexes = [models.Index(fields=["workspace", "-created_at"], name="media_by_time")]
