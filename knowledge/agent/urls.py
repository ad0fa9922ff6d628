"""Addresses of the pages on which articles are written: `/agent/help/…`."""

from django.urls import path

from knowledge.agent import views, writing

app_name = "articles"

ONE = "<int:pk>/"
TEXT = f"{ONE}<str:language>/"

urlpatterns = [
    path("", views.articles, name="articles"),
    path("new/", views.new_article, name="new"),
    path(f"{ONE}place/", views.place, name="place"),
    path(f"{ONE}deletion/", views.deletion, name="deletion"),
    path(f"{ONE}pictures/", writing.pictures, name="pictures"),
    path(f"{ONE}pictures/<uuid:token>/removal/", writing.picture_removal, name="picture_removal"),
    path(TEXT, writing.text, name="text"),
    path(f"{TEXT}preview/", writing.preview, name="preview"),
    path(f"{TEXT}publication/", writing.publication, name="publication"),
    path(f"{TEXT}withdrawal/", writing.withdrawal, name="withdrawal"),
]
