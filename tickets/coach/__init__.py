"""The coach: what would help us to help, said while somebody writes. Pure, no rows.

It reads a title, a description and the names of the files, and answers with hints. A hint advises
and never blocks (product.md, section 4). What a topic wants to know is its `Wishes`, which
administrators set; the words by which things are recognised stand in `words`, in all four languages
at once, because people mix them.
"""

from tickets.coach.advice import Attempt, Hint, Wishes, advise
from tickets.coach.dividing import LONGEST, MOST_PARTS, Part, divide, matter_of
from tickets.coach.evidence import Evidence, Number
from tickets.coach.missing import unsaid
from tickets.coach.topics import SHIPPED, Topic

__all__ = [
    "LONGEST",
    "MOST_PARTS",
    "SHIPPED",
    "Attempt",
    "Evidence",
    "Hint",
    "Number",
    "Part",
    "Topic",
    "Wishes",
    "advise",
    "divide",
    "matter_of",
    "unsaid",
]
