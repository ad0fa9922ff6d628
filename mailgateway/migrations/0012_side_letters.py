"""The database itself keeps letters of side conversations apart: none made of a note or of a
reply whose time has not come, none of a
word to a third party for anybody but the people of that conversation [S20]."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION mailgateway_refuse_notes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said tickets_message%ROWTYPE;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.message_id IS NOT DISTINCT FROM OLD.message_id
     AND (NEW.kind, NEW.recipient, NEW.copies) = (OLD.kind, OLD.recipient, OLD.copies) THEN
    RETURN NEW;
  END IF;
  SELECT * INTO said FROM tickets_message WHERE id = NEW.message_id;
  IF said.kind IN ('note', 'later') THEN
    RAISE EXCEPTION 'a note never leaves by mail (message %)', NEW.message_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF (said.kind IS NOT DISTINCT FROM 'side') <> (NEW.kind = 'side') THEN
    RAISE EXCEPTION 'a side conversation never leaves in another letter (message %)',
      NEW.message_id USING ERRCODE = 'check_violation';
  END IF;
  IF said.kind = 'side' AND EXISTS (
    SELECT 1 FROM (
      SELECT NEW.recipient AS address
      UNION ALL SELECT jsonb_array_elements_text(NEW.copies)
    ) AS reader
    WHERE lower(reader.address) NOT IN (
      SELECT lower(person.email) FROM tickets_sideconversation_people AS member
      JOIN departments_user AS person ON person.id = member.user_id
      WHERE member.sideconversation_id = said.side_id
    )
  ) THEN
    RAISE EXCEPTION 'a side conversation never leaves to others (message %)', NEW.message_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER notes_stay_home ON mailgateway_outboundemail;
CREATE TRIGGER notes_stay_home
  BEFORE INSERT OR UPDATE OF message_id, kind, recipient, copies ON mailgateway_outboundemail
  FOR EACH ROW EXECUTE FUNCTION mailgateway_refuse_notes();
"""
BACKWARD = """
DROP TRIGGER notes_stay_home ON mailgateway_outboundemail;
CREATE OR REPLACE FUNCTION mailgateway_refuse_notes() RETURNS trigger LANGUAGE plpgsql AS $$
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


class Migration(migrations.Migration):
    dependencies = [
        ('mailgateway', '0011_side_letters_due'),
        ("tickets", "0013_side_conversations"),
        ("departments", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
