"""What PostgreSQL does for a page."""

import json

from django.db import connection

SPARE = 60
"""Blocks by which statements may differ, for the way down an index grows by a level."""


def only_by_index():
    """On a small table any way is as good, and which one is taken hangs on what tests before have
    left in it: until the end of the test each row is looked up by an index."""
    with connection.cursor() as cursor:
        for way in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


def blocks(statements):
    """How many blocks PostgreSQL touches to answer them, the largest number of one statement."""
    found = []
    with connection.cursor() as cursor:
        for one in statements:
            if one["sql"].lstrip("(").startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {one['sql']}")
                plan = cursor.fetchone()[0]
                plan = json.loads(plan) if isinstance(plan, str) else plan
                found.append(plan[0]["Plan"]["Shared Hit Blocks"])
    return max(found)
