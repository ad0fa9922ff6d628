"""Addresses of canned replies: the list of all, and what can be done with one."""

from django.urls import URLPattern, path

from tickets.agent.views import canned_replies, canned_table, canned_use, suggestions

ALL = "canned-replies/"
ONE = f"{ALL}<int:pk>/"
TICKET = "tickets/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(ALL, canned_replies.canned_replies, name="canned_replies"),
    path(f"{ALL}new/", canned_replies.new_canned_reply, name="new_canned_reply"),
    path(f"{ALL}export/", canned_table.export, name="canned_export"),
    path(f"{ALL}import/", canned_table.take_in, name="canned_import"),
    path(ONE, canned_replies.canned_reply, name="canned_reply"),
    path(f"{ONE}copy/", canned_replies.copy, name="canned_copy"),
    path(f"{ONE}switch/", canned_replies.switch, name="canned_switch"),
    path(f"{ONE}deletion/", canned_replies.deletion, name="canned_deletion"),
    path(f"{TICKET}canned-replies/", canned_use.canned_for_ticket, name="canned_for_ticket"),
    path(f"{TICKET}suggestions/", suggestions.suggestions, name="suggestions"),
    path("bulk/macros/", canned_use.macros_for_many, name="macros_for_many"),
    path(f"{TICKET}macro/", canned_use.macro, name="macro"),
]
