"""What kind of letter is this? A verdict with its reason, from the letter alone. Pure: no rows.

RFC 3834 (automatic answers), RFC 3464 and 6533 (bounces), RFC 8098 (read receipts), RFC 2369 and
2919 (lists), and what vendors write instead.
"""

from mailgateway.verdicts.kinds import UNANSWERED, Kind, Verdict
from mailgateway.verdicts.rules import kind_of

__all__ = ["UNANSWERED", "Kind", "Verdict", "kind_of"]
