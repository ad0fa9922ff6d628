"""The address book."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from departments.views import face, logo, look, sign
from helpdesk import views
from knowledge.files import picture
from knowledge.portal.sitemaps import robots_txt, sitemap_xml
from tickets import files, uploads
from tickets.api.door import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("home/", views.home, name="home"),
    path("theme/", views.set_theme, name="set_theme"),
    path("language/", views.set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("account/", include("departments.urls")),
    path("agent/letters/", include("mailgateway.agent.urls")),
    path("agent/help/", include("knowledge.agent.urls")),
    path("agent/", include("tickets.agent.urls")),
    path("api/v1/", api.urls),
    path("embed/", include("tickets.embed.urls")),
    path("files/", uploads.uploads, name="uploads"),
    path("files/<uuid:token>/", files.attachment, name="file"),
    path("files/<uuid:token>/removal/", uploads.upload_removal, name="upload_removal"),
    path("files/<uuid:token>/small/", files.small, name="small_file"),
    path("files/<uuid:token>/text/", files.text, name="text_file"),
    path("faces/<uuid:token>/", face, name="face"),
    path("look/<slug:name>.css", look, name="look"),
    path("signs/<slug:name>/<str:letter>.svg", sign, name="sign"),
    path("logos/<uuid:token>/", logo, name="logo"),
    path("files/canned/<uuid:token>/", files.canned_file, name="canned_file"),
    path("files/help/<uuid:token>/", picture, name="help_picture"),
    path("help/", include("knowledge.portal.urls")),
    path("sitemap.xml", sitemap_xml, name="sitemap"),
    path("robots.txt", robots_txt, name="robots"),
    path("", include("tickets.portal.urls")),
]
