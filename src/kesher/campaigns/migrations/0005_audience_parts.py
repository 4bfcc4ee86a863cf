"""Audiences name lists and segments; those stored before were bare ids of lists."""

from django.db import migrations

_FORTH = """
UPDATE campaign SET audience = jsonb_build_object(
    'include', (SELECT coalesce(jsonb_agg(CASE jsonb_typeof(part) WHEN 'number' THEN jsonb_build_object('list', part) ELSE part END), '[]')
                FROM jsonb_array_elements(coalesce(audience -> 'include', '[]')) AS part),
    'require', coalesce(audience -> 'require', '[]'),
    'exclude', (SELECT coalesce(jsonb_agg(CASE jsonb_typeof(part) WHEN 'number' THEN jsonb_build_object('list', part) ELSE part END), '[]')
                FROM jsonb_array_elements(coalesce(audience -> 'exclude', '[]')) AS part))
"""
_BACK = """
UPDATE campaign SET audience = jsonb_build_object(
    'include', (SELECT coalesce(jsonb_agg(part -> 'list'), '[]') FROM jsonb_array_elements(audience -> 'include') AS part WHERE part ? 'list'),
    'exclude', (SELECT coalesce(jsonb_agg(part -> 'list'), '[]') FROM jsonb_array_elements(audience -> 'exclude') AS part WHERE part ? 'list'))
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_ab_tests")]
    operations = [migrations.RunSQL(_FORTH, _BACK)]
