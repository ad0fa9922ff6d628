"""Finding tickets by what was said in them, in four languages, with PostgreSQL alone.

PostgreSQL has no Ukrainian, so words are brought to their dictionary forms in Python
(`helpdesk.lib.words`), kept in `tsvector` columns of the configuration `simple` (`index`), and
asked for in the same forms (`query`). See product.md 3 [S22].
"""

from tickets.search.index import remember, remember_ticket, ticket_words, words_of_another
from tickets.search.query import find

__all__ = ["find", "remember", "remember_ticket", "ticket_words", "words_of_another"]
