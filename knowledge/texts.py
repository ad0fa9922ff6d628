"""The HTML of articles: what may be kept of what agents write, and how readers see it."""

from html import escape

from helpdesk.lib import html as html_door
from knowledge.models import Article


def cleaned(article: Article, html: str) -> str:
    """What may be kept: of pictures those of this article, each under its name."""
    pictures = {str(one.token): one for one in article.pictures.all()}
    clean = html_door.clean_written(html, set(pictures))
    for token in html_door.own_pictures(clean):
        source = f'src="{pictures[token].get_absolute_url()}"'
        clean = clean.replace(source, f'{source} alt="{escape(pictures[token].name)}"')
    return clean


def as_on_pages(html: str) -> str:
    """Clean HTML as readers see it: addresses are links, headings stand below the page's title."""
    linked = html_door.with_links(html)
    return linked.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
