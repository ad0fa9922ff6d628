"""What search engines may know: the published articles that everybody may read."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from knowledge.models import ArticleText
from knowledge.portal.addresses import alternates, canonical


class ArticleSitemap(Sitemap):  # type: ignore[type-arg]
    """Each language of each article, under the address of the desk, whatever host was asked."""

    def items(self) -> list[ArticleText]:
        """The texts that anybody may read."""
        public = ArticleText.objects.readable_by(AnonymousUser())
        return list(
            public.select_related("article__section")
            .only("language", "published_at", "article__slug", "article__section__slug")
            .order_by("article", "language")
        )

    def get_urls(
        self, page: int | str = 1, site: object = None, protocol: str | None = None
    ) -> list[dict[str, Any]]:
        """What the template of Django draws, `page` counted from 1."""
        paginator = self.paginator
        languages: dict[int, list[str]] = {}
        for text in paginator.object_list:
            languages.setdefault(text.article_id, []).append(text.language)
        return [
            {
                "location": canonical(text.article, text.language, languages[text.article_id]),
                "lastmod": text.published_at,
                "alternates": [
                    {"lang_code": code, "location": address}
                    for code, address in alternates(text.article, languages[text.article_id])
                ],
            }
            for text in paginator.page(page).object_list
        ]


@login_not_required
@require_GET
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`."""
    return sitemap(request, {"articles": ArticleSitemap()}).render()


@login_not_required
@require_GET
def robots_txt(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: the help pages and what they need to be drawn, nothing else."""
    lines = [
        "User-agent: *",
        f"Allow: {reverse('help:home')}",
        "Allow: /files/help/",
        f"Allow: {settings.STATIC_URL}",
        "Disallow: /",
        f"Sitemap: {settings.DESK_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
