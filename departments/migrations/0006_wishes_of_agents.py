import django.contrib.postgres.fields
from django.db import migrations, models

TURNED = {"to_agent": "mine:letter", "assigned": "assigned:letter", "escalated": "escalated:letter"}


def move_letters(apps, schema_editor):
    """What agents did not want as a letter is kept with all that they turned."""
    people = apps.get_model('departments', 'User').objects
    for person in people.filter(unwanted_letters__overlap=list(TURNED)):
        unwanted = person.unwanted_letters
        person.turned = [TURNED[one] for one in unwanted if one in TURNED]
        person.unwanted_letters = [one for one in unwanted if one not in TURNED]
        person.save(update_fields=["turned", "unwanted_letters"])


class Migration(migrations.Migration):

    dependencies = [
        ('departments', '0005_arrangement'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='turned',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, editable=False, size=None),
        ),
        migrations.RunPython(move_letters, migrations.RunPython.noop),
    ]
