"""A recipe's fields, lists and journeys are known by a row, so that they may be called otherwise."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("journeys", "0003_asked")]

    operations = [
        migrations.CreateModel(
            name="RecipeThing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recipe", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[("field", "Field"), ("list", "List"), ("journey", "Journey")],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(help_text="what the recipe calls it", max_length=120)),
                ("object_id", models.BigIntegerField(help_text="the field, list or journey")),
                (
                    "choices",
                    models.JSONField(
                        default=dict, help_text="of a field: the recipe's choice → its key"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={"db_table": "recipe_thing"},
        ),
        migrations.AddConstraint(
            model_name="recipething",
            constraint=models.UniqueConstraint(
                fields=("workspace", "recipe", "kind", "name"), name="recipe_thing_once"
            ),
        ),
    ]
