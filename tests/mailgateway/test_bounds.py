import resource
import signal
import time

import pytest

from mailgateway import bounds

LETTER = b"From: carla@example.com\r\nSubject: Slow\r\nMessage-ID: <a@b>\r\n\r\nThe first words\r\n"


def slow(seconds, only_above=0):
    def parse(raw, received_at=None, **_how):
        if len(raw) > only_above:
            time.sleep(seconds)
        return bounds_parse(raw, received_at)

    return parse


bounds_parse = bounds.parse


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(bounds, "_SECONDS", 0.2)
    monkeypatch.setattr(bounds, "_SECONDS_FOR_BEGINNING", 0.2)
    monkeypatch.setattr(bounds, "_BEGINNING", 500)


def test_a_letter_that_takes_too_long_is_read_from_its_beginning(hurried, monkeypatch):
    monkeypatch.setattr(bounds, "parse", slow(5, only_above=500))
    parsed = bounds.read(LETTER + b"x" * 1000)
    assert (parsed.subject, parsed.message_id) == ("Slow", "a@b")
    assert parsed.text.startswith("The first words")
    assert parsed.problems == ["no-date", "time-cut"]


def test_where_even_the_beginning_takes_too_long_the_telling_headers_remain(hurried, monkeypatch):
    monkeypatch.setattr(bounds, "parse", slow(0.5, only_above=100))
    parsed = bounds.read(LETTER + b"x" * 50)
    assert "time-cut" in parsed.problems

    monkeypatch.setattr(bounds, "parse", bounds_parse)
    gist = bounds.gist(b"X-Long: " + b"y" * 300 + b"\r\n" + LETTER)
    assert (gist.subject, gist.sender.email) == ("Slow", "carla@example.com")
    assert "x-long" not in gist.headers


def test_a_letter_that_eats_memory_is_read_from_its_beginning(monkeypatch):
    monkeypatch.setattr(bounds, "_MEMORY", 64 * 1024 * 1024)

    def greedy(raw, received_at=None, **_how):
        if len(raw) > bounds._BEGINNING:
            bytearray(512 * 1024 * 1024)
        return bounds_parse(raw, received_at)

    monkeypatch.setattr(bounds, "parse", greedy)
    assert "time-cut" in bounds.read(LETTER + b"x" * 200_000).problems


def test_what_stands_behind_the_largest_size_is_left_out(monkeypatch):
    monkeypatch.setattr(bounds, "LARGEST", 200)
    parsed = bounds.read(LETTER + b"y" * 500)
    assert "letter-cut" in parsed.problems
    assert len(parsed.text) < 200


def test_bounds_are_taken_away_again_and_an_older_alarm_goes_on():
    limits = resource.getrlimit(resource.RLIMIT_AS)
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(True))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with bounds.bounded(5, 10_000_000):
            assert resource.getrlimit(resource.RLIMIT_AS) != limits
        assert resource.getrlimit(resource.RLIMIT_AS) == limits
        time.sleep(0.5)
        assert rang
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
