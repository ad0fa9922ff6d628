"""The conversation's rows, one file an aggregate."""

from tickets.models.attachment import Attachment
from tickets.models.bulk import BulkItem, BulkJob
from tickets.models.callback import Callback
from tickets.models.canned_reply import CannedFile, CannedReply, CannedUse
from tickets.models.coaching import CoachRule
from tickets.models.custom_field import (
    CustomField,
    FieldOption,
    FieldsRefused,
    checked,
    understood,
)
from tickets.models.definition import Definition
from tickets.models.draft import Draft
from tickets.models.embedding import EmbeddedForm, FormPost, origin_of
from tickets.models.event import Event, Notification
from tickets.models.later import LaterReply
from tickets.models.mention import Mention
from tickets.models.message import (
    Body,
    Delivery,
    Message,
    PublicMessage,
    SideMessage,
)
from tickets.models.people_merge import PeopleMerge
from tickets.models.policy import EscalationRule, EscalationStep, FiredStep, Target
from tickets.models.rating import Rating
from tickets.models.side import SideConversation
from tickets.models.ticket import Follower, Tag, Ticket, TicketLink
from tickets.models.upload import Upload
from tickets.models.workspace import Feed, Workspace

__all__ = [
    "Attachment",
    "Body",
    "BulkItem",
    "BulkJob",
    "Callback",
    "CannedFile",
    "CannedReply",
    "CannedUse",
    "CoachRule",
    "CustomField",
    "Definition",
    "Delivery",
    "Draft",
    "EmbeddedForm",
    "EscalationRule",
    "EscalationStep",
    "Event",
    "Feed",
    "FieldOption",
    "FieldsRefused",
    "FiredStep",
    "Follower",
    "FormPost",
    "LaterReply",
    "Mention",
    "Message",
    "Notification",
    "PeopleMerge",
    "PublicMessage",
    "Rating",
    "SideConversation",
    "SideMessage",
    "Tag",
    "Target",
    "Ticket",
    "TicketLink",
    "Upload",
    "Workspace",
    "checked",
    "origin_of",
    "understood",
]
