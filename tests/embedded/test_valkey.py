"""The embedded Valkey: starts anywhere and keeps what it was given."""

import os
import signal
import time

import redis

from helpdesk.embedded.valkey import Valkey


def test_it_answers_under_the_address_it_gives(valkey: Valkey):
    valkey.start()

    assert redis.Redis.from_url(valkey.url).ping()


def test_a_killed_server_comes_back_with_its_data(valkey: Valkey):
    child = valkey.start()
    redis.Redis.from_url(valkey.url).rpush("letters", *range(100))
    time.sleep(1.2)  # the file is flushed every second
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()

    valkey.start()

    assert redis.Redis.from_url(valkey.url).llen("letters") == 100
