from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0020_lists_in_order'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='ticket',
            name='queue_by_assignee',
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('status__in', ['new', 'on_hold', 'open', 'pending'])), fields=['assignee', 'department', 'status', 'waiting_since', 'id'], name='queue_by_assignee'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('status__in', ['new', 'on_hold', 'open', 'pending'])), fields=['category', 'department', 'id'], name='queue_by_category'),
        ),
    ]
