"""The HTML of articles: what may be kept of what agents write, and how readers see it."""

from html import escape

from helpdesk.lib import html as html_door
from knowledge.models import Article


def cleaned(article: Article, html: str) -> str:
    """What may be kept: of pictures those of this article, each under its name; headings below the
    title of the page."""
    pictures = {str(one.token): one for one in article.pictures.all()}
    clean = html_door.clean_written(html, set(pictures))
    clean = clean.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    for token in html_door.own_pictures(clean):
        source = f'src="{pictures[token].get_absolute_url()}"'
        clean = clean.replace(source, f'{source} alt="{escape(pictures[token].name)}"')
    return clean
