"""The database itself refuses a letter made of a note [S20]."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION mailgateway_refuse_notes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM tickets_message WHERE id = NEW.message_id AND kind = 'note') THEN
    RAISE EXCEPTION 'a note never leaves by mail (message %)', NEW.message_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER notes_stay_home BEFORE INSERT OR UPDATE OF message_id ON mailgateway_outboundemail
  FOR EACH ROW EXECUTE FUNCTION mailgateway_refuse_notes();
"""
BACKWARD = """
DROP TRIGGER notes_stay_home ON mailgateway_outboundemail;
DROP FUNCTION mailgateway_refuse_notes();
"""


class Migration(migrations.Migration):
    dependencies = [("mailgateway", "0001_initial"), ("tickets", "0002_numbers")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
