"""Ticket numbers begin at 10001, so that they look the same from the first day on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE tickets_ticket ALTER COLUMN id RESTART WITH 10001",
            "ALTER TABLE tickets_ticket ALTER COLUMN id RESTART WITH 1",
        )
    ]
