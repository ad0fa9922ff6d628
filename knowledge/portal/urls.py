"""Addresses of the help pages."""

from django.urls import path

from knowledge.portal import views

app_name = "help"

urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:section>/", views.section, name="section"),
    path("<slug:section>/<slug:article>/", views.article, name="article"),
    path("<slug:section>/<slug:article>/opinion/", views.opinion, name="opinion"),
]
"""`/help/…`; pictures have their own address, see `helpdesk.urls`."""
