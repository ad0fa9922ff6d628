"""Addresses of one ticket's page: a noun for everything that can be done with it."""

from django.urls import URLPattern, path

from tickets.agent.views import (
    canned_replies,
    composer,
    letters,
    neighbours,
    reading,
    ticket,
    triage,
    undelivered,
)

ONE = "tickets/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("tickets/new/", ticket.new_ticket, name="new_ticket"),
    path("canned-replies/", canned_replies.canned_replies, name="canned_replies"),
    path(ONE, ticket.ticket, name="ticket"),
    path(f"{ONE}next/", neighbours.following, name="next_ticket"),
    path(f"{ONE}previous/", neighbours.preceding, name="previous_ticket"),
    path(f"{ONE}news/", ticket.news, name="news"),
    path(f"{ONE}lines/", reading.lines, name="lines"),
    path(f"{ONE}reading/", reading.wishes, name="reading"),
    path(f"{ONE}presence/", ticket.presence, name="presence"),
    path(f"{ONE}messages/<int:pk>/letter/", ticket.letter, name="letter"),
    path(f"{ONE}replies/", composer.replies, name="replies"),
    path(f"{ONE}notes/", composer.notes, name="notes"),
    path(f"{ONE}forwards/", composer.forwards, name="forwards"),
    path(f"{ONE}drafts/<slug:kind>/", composer.drafts, name="drafts"),
    path(f"{ONE}messages/<int:pk>/withdrawal/", composer.withdrawal, name="withdrawal"),
    path(f"{ONE}messages/<int:pk>/resending/", undelivered.resending, name="resending"),
    path(f"{ONE}messages/<int:pk>/correction/", undelivered.correction, name="correction"),
    path(f"{ONE}messages/<int:pk>/admission/", letters.admission, name="admission"),
    path(f"{ONE}messages/<int:pk>/relocation/", letters.relocation, name="relocation"),
    path(f"{ONE}events/<int:event>/undoing/", letters.undoing, name="undoing"),
    path(f"{ONE}assignment/", triage.assignment, name="assignment"),
    path(f"{ONE}department/", triage.department, name="department_of_ticket"),
    path(f"{ONE}priority/", triage.priority, name="priority"),
    path(f"{ONE}tags/", triage.tags, name="tags"),
    path(f"{ONE}category/", triage.category, name="category"),
    path(f"{ONE}fields/", triage.fields, name="fields"),
    path(f"{ONE}renaming/", triage.renaming, name="renaming"),
    path(f"{ONE}followers/", triage.followers, name="followers"),
    path(f"{ONE}copies/", triage.copies, name="copies"),
    path(f"{ONE}solution/", triage.solution, name="solution"),
    path(f"{ONE}hold/", triage.hold, name="hold"),
    path(f"{ONE}reopening/", triage.reopening, name="reopening"),
    path(f"{ONE}closure/", triage.closure, name="closure"),
    path(f"{ONE}spam/", triage.spam, name="spam"),
    path(f"{ONE}escalation/", triage.escalation, name="escalation"),
    path(f"{ONE}merge/", triage.merge, name="merge"),
    path(f"{ONE}split/", triage.split, name="split"),
    path(f"{ONE}links/", triage.links, name="links"),
]
