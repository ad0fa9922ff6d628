"""Addresses of the portal."""

from django.urls import path

from tickets.portal import views
from tickets.portal.views import door, feedback, letters, live

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("news/", live.news, name="news"),
    path("tickets/new/", views.new_ticket, name="new_ticket"),
    path("tickets/new/evidence/", views.evidence, name="evidence"),
    path("tickets/new/hints/", views.hints, name="hints"),
    path("tickets/new/parts/", views.parts, name="parts"),
    path("tickets/<int:number>/", views.ticket, name="ticket"),
    path("tickets/<int:number>/news/", live.ticket_news, name="ticket_news"),
    path("tickets/<int:number>/answers/", views.answers, name="answers"),
    path("tickets/<int:number>/solution/", views.solution, name="solution"),
    path("tickets/<int:number>/reopening/", views.reopening, name="reopening"),
    path("tickets/<int:number>/rating/", feedback.ticket_rating, name="ticket_rating"),
    path(
        "tickets/<int:number>/messages/<int:message>/rating/",
        feedback.answer_rating,
        name="answer_rating",
    ),
    path("links/<str:token>/", door.door, name="door"),
    path("links/<str:token>/code/", door.code, name="door_code"),
    path("letters/<str:token>/", letters.letters, name="letters"),
    path("ratings/<str:token>/", feedback.rate, name="rate"),
]
