"""One form a verb: its fields are the verb's arguments."""

from tickets.forms.base import (
    BodyField,
    FilesField,
    TicketForm,
)
from tickets.forms.customers import AddressForm, CustomerForm, MergeCustomerForm
from tickets.forms.fields import FieldsForm, NewFieldsForm, ValueField
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
    RelocationForm,
    RenamingForm,
    SplitForm,
    TagsForm,
    agents_for,
)
from tickets.forms.many import BulkForm
from tickets.forms.rich import DraftForm, RichForm
from tickets.forms.writing import (
    AgentReplyForm,
    CorrectionForm,
    NewTicketForm,
    NoteForm,
    ReplyForm,
)

__all__ = [
    "NOBODY",
    "NOTHING",
    "AddressForm",
    "AgentReplyForm",
    "AssignmentForm",
    "BodyField",
    "BulkForm",
    "CategoryForm",
    "CopyForm",
    "CorrectionForm",
    "CustomerForm",
    "DepartmentForm",
    "DraftForm",
    "EscalationForm",
    "FieldsForm",
    "FilesField",
    "FollowerForm",
    "HoldForm",
    "LinkForm",
    "MergeCustomerForm",
    "MergeForm",
    "NewFieldsForm",
    "NewTicketForm",
    "NoteForm",
    "NothingForm",
    "PriorityForm",
    "RelocationForm",
    "RenamingForm",
    "ReplyForm",
    "RichForm",
    "SplitForm",
    "TagsForm",
    "TicketForm",
    "ValueField",
    "agents_for",
]
