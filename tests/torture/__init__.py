"""A whole desk as processes, and everything that can be done to it: letters, kills, empty queues.

Used by the stories of `tests/stories` and, for longer runs, by `python3 desk torture`.
"""
