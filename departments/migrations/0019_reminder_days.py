from django.core.validators import MaxValueValidator
from django.db import migrations, models

LATEST = 29


def within_reach(apps, schema_editor):
    """Where nobody could be asked any more, they are asked on the last day on which they can."""
    rows = apps.get_model("departments", "DeskSettings").objects
    rows.filter(rating_reminder_days__gt=LATEST).update(rating_reminder_days=LATEST)


class Migration(migrations.Migration):
    dependencies = [("departments", "0018_kinds_of_files")]

    operations = [
        migrations.RunPython(within_reach, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="desksettings",
            name="rating_reminder_days",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text=("One polite letter about a solved ticket that was not rated. 0: none."),
                validators=[
                    MaxValueValidator(
                        LATEST,
                        "At most %(limit_value)d: a request can be rated for 30 days after it was "
                        "solved, and nobody is asked for what they can no longer do.",
                    )
                ],
                verbose_name="days after which we ask once more for a rating",
            ),
        ),
    ]
