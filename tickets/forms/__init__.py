"""One form a verb: its fields are the verb's arguments."""

from tickets.forms.base import (
    BodyField,
    FilesField,
    TicketForm,
)
from tickets.forms.handling import (
    NOBODY,
    NOTHING,
    AssignmentForm,
    CategoryForm,
    CopyForm,
    DepartmentForm,
    EscalationForm,
    FollowerForm,
    HoldForm,
    LinkForm,
    MergeForm,
    NothingForm,
    PriorityForm,
    SplitForm,
    TagsForm,
    agents_for,
)
from tickets.forms.many import BulkForm
from tickets.forms.writing import (
    AgentReplyForm,
    CorrectionForm,
    DraftForm,
    NewTicketForm,
    NoteForm,
    ReplyForm,
)

__all__ = [
    "NOBODY",
    "NOTHING",
    "AgentReplyForm",
    "AssignmentForm",
    "BodyField",
    "BulkForm",
    "CategoryForm",
    "CopyForm",
    "CorrectionForm",
    "DepartmentForm",
    "DraftForm",
    "EscalationForm",
    "FilesField",
    "FollowerForm",
    "HoldForm",
    "LinkForm",
    "MergeForm",
    "NewTicketForm",
    "NoteForm",
    "NothingForm",
    "PriorityForm",
    "ReplyForm",
    "SplitForm",
    "TagsForm",
    "TicketForm",
    "agents_for",
]
