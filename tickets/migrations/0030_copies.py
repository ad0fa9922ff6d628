"""What somebody has in copy, and what their colleagues wrote, is read in the order of the list:
followers carry how their ticket stands, tickets the organisation of their customer, and the
database itself keeps it so."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

STATUSES = [
    ("new", "New"),
    ("open", "Open"),
    ("pending", "Waiting for customer"),
    ("on_hold", "On hold"),
    ("solved", "Solved"),
    ("closed", "Closed"),
    ("merged", "Merged"),
    ("spam", "Spam"),
]
UNFINISHED = models.Q(("status__in", ["new", "on_hold", "open", "pending"]))
DONE = models.Q(("status__in", ["closed", "solved"]))

# Who comes in waits for whoever changes the ticket at this moment, and then sees what they did.
FORWARD = """
CREATE FUNCTION tickets_follower_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT status, updated_at, department_id INTO NEW.status, NEW.updated_at, NEW.department_id
    FROM tickets_ticket WHERE id = NEW.ticket_id FOR NO KEY UPDATE;
  RETURN NEW;
END $$;
CREATE TRIGGER follower_begins BEFORE INSERT OR UPDATE OF ticket_id ON tickets_follower
  FOR EACH ROW EXECUTE FUNCTION tickets_follower_begins();

CREATE FUNCTION tickets_followers_go_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tickets_follower
    SET status = NEW.status, updated_at = NEW.updated_at, department_id = NEW.department_id
    WHERE ticket_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER followers_go_along
  AFTER UPDATE OF status, updated_at, department_id ON tickets_ticket
  FOR EACH ROW WHEN (
    (OLD.status, OLD.updated_at, OLD.department_id)
    IS DISTINCT FROM (NEW.status, NEW.updated_at, NEW.department_id)
  ) EXECUTE FUNCTION tickets_followers_go_along();

CREATE FUNCTION tickets_ticket_of_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT organisation_id INTO NEW.organisation_id
    FROM departments_user WHERE id = NEW.customer_id FOR NO KEY UPDATE;
  RETURN NEW;
END $$;
CREATE TRIGGER ticket_of_organisation BEFORE INSERT OR UPDATE OF customer_id ON tickets_ticket
  FOR EACH ROW EXECUTE FUNCTION tickets_ticket_of_organisation();

CREATE FUNCTION tickets_tickets_go_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tickets_ticket SET organisation_id = NEW.organisation_id WHERE customer_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER tickets_go_along AFTER UPDATE OF organisation_id ON departments_user
  FOR EACH ROW WHEN (OLD.organisation_id IS DISTINCT FROM NEW.organisation_id)
  EXECUTE FUNCTION tickets_tickets_go_along();

UPDATE tickets_ticket AS one SET organisation_id = customer.organisation_id
  FROM departments_user AS customer
  WHERE customer.id = one.customer_id AND customer.organisation_id IS NOT NULL;
UPDATE tickets_follower AS one
  SET status = here.status, updated_at = here.updated_at, department_id = here.department_id
  FROM tickets_ticket AS here WHERE here.id = one.ticket_id;
"""
BACKWARD = """
DROP TRIGGER tickets_go_along ON departments_user;
DROP FUNCTION tickets_tickets_go_along();
DROP TRIGGER ticket_of_organisation ON tickets_ticket;
DROP FUNCTION tickets_ticket_of_organisation();
DROP TRIGGER followers_go_along ON tickets_ticket;
DROP FUNCTION tickets_followers_go_along();
DROP TRIGGER follower_begins ON tickets_follower;
DROP FUNCTION tickets_follower_begins();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0029_articles"),
        ("departments", "0018_kinds_of_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="follower",
            name="status",
            field=models.CharField(choices=STATUSES, default="new", editable=False, max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="follower",
            name="updated_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="follower",
            name="department",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=0,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="departments.department",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="ticket",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="departments.organisation",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            model_name="follower",
            index=models.Index(
                condition=models.Q(("in_copy", True)) & UNFINISHED,
                fields=["user", "-updated_at", "-ticket"],
                name="open_in_copy",
            ),
        ),
        migrations.AddIndex(
            model_name="follower",
            index=models.Index(
                condition=models.Q(("in_copy", True)) & DONE,
                fields=["user", "-updated_at", "-ticket"],
                name="finished_in_copy",
            ),
        ),
        migrations.AddIndex(
            model_name="follower",
            index=models.Index(
                condition=models.Q(("in_copy", True)),
                fields=["user", "department", "-updated_at", "-ticket"],
                name="in_copy_by_department",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=DONE,
                fields=["customer", "-updated_at", "-id"],
                name="finished_by_customer",
            ),
        ),
        migrations.RemoveIndex(model_name="ticket", name="ticket_of_customer_in"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["customer", "department", "-updated_at", "-id"],
                name="ticket_of_customer_in",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("organisation__isnull", False)) & UNFINISHED,
                fields=["organisation", "-updated_at", "-id"],
                name="queue_by_organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("organisation__isnull", False)) & DONE,
                fields=["organisation", "-updated_at", "-id"],
                name="finished_by_organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("organisation__isnull", False)),
                fields=["organisation", "department", "-updated_at", "-id"],
                name="ticket_of_organisation_in",
            ),
        ),
        migrations.RemoveIndex(model_name="ticket", name="ticket_by_customer"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["customer", "-updated_at", "-id"], name="ticket_by_customer"
            ),
        ),
    ]
