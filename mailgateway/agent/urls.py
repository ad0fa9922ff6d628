"""Addresses of the pages about letters."""

from django.urls import URLPattern, path

from mailgateway.agent import views

app_name = "letters"

urlpatterns: list[URLPattern] = [
    path("", views.letters, name="letters"),
    path("handling/", views.handling, name="handling"),
    path("<int:pk>/", views.letter, name="letter"),
    path("<int:pk>/letter.eml", views.raw, name="raw"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/ticket/", views.ticket, name="ticket"),
    path("messages/<int:message>/letter.eml", views.raw_of_message, name="raw_of_message"),
    path("messages/<int:message>/reading/", views.reading, name="reading"),
]
