"""What every connection to the database is told."""

from django.db import connection


def test_plans_are_not_compiled(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting, source FROM pg_settings WHERE name = 'jit'")

        assert cursor.fetchone() == ("off", "client")
