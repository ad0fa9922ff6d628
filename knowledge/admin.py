"""What administrators set up for the help pages; articles themselves are written on their pages."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.admin import ReadOnlyAdmin
from knowledge.models import Article, ArticleText, Section, Vote


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    """Shelves, in their order."""

    list_display = ("__str__", "slug", "category", "order", "is_active")
    list_editable = ("order", "is_active")
    list_select_related = ("category",)
    search_fields = ("slug", "name")


class TextInline(admin.TabularInline):
    """The languages of an article."""

    model = ArticleText
    fields = readonly_fields = (
        *("language", "title", "updated_by", "updated_at", "published_by", "published_at"),
    )
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Texts are written on their own pages."""
        return False


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin):
    """All articles, with what readers said of them."""

    inlines = (TextInline,)
    list_display = ("slug", "section", "audience", "created_by", "helped", "did_not_help")
    list_filter = ("section", "audience")
    list_select_related = ("section", "created_by")
    search_fields = ("slug", "texts__title")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """With their votes counted."""
        votes = {"yes": Count("votes", filter=Q(votes__helped=True))}
        votes["no"] = Count("votes", filter=Q(votes__helped=False))
        rows: QuerySet[Article] = super().get_queryset(request)
        return rows.annotate(**votes)

    @admin.display(description=_("helped"), ordering="yes")
    def helped(self, article: Any) -> int:
        """Readers it helped."""
        return int(article.yes)

    @admin.display(description=_("did not help"), ordering="no")
    def did_not_help(self, article: Any) -> int:
        """Readers it did not help."""
        return int(article.no)


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    """What readers said."""

    list_display = ("article", "helped", "comment", "language", "voted_at")
    list_filter = ("helped", "language")
    list_select_related = ("article",)
    search_fields = ("article__slug", "comment")
